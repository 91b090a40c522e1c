namespace Fabrik.Settings.Schema;

/// <summary>Finds backends that lead back to themselves: a request would go round for ever.</summary>
internal static class MemcachedCycles
{
    /// <summary>An error for each circle, at the first of its backends.</summary>
    public static IEnumerable<SettingError> Check(EffectiveSettings settings)
    {
        IReadOnlyList<EffectiveSettings> backends = settings.Items(MemcachedProxySettings.Backends);
        Walk walk = new(backends.ToDictionary(backend => backend.Name, StringComparer.Ordinal));
        return [.. backends.SelectMany(backend => walk.From(backend))];
    }

    // A pool leads to its gutter.
    private static IEnumerable<(Setting Setting, string Name)> Behind(EffectiveSettings backend)
    {
        MemcachedHealthSettings health = MemcachedBackendSettings.Health;
        return backend.Get(MemcachedBackendSettings.Type).Form == MemcachedBackendForm.Strategy
            ? MemcachedBackendSettings.Strategy.Names(backend)
            : backend.Get(health.Gutter) is { Length: > 0 } gutter ? [(health.Gutter, gutter)] : [];
    }

    private sealed class Walk(Dictionary<string, EffectiveSettings> backends)
    {
        private readonly HashSet<string> _done = new(StringComparer.Ordinal);
        private readonly List<string> _way = [];

        /// <summary>The circles that a backend leads to and that were not found before.</summary>
        public List<SettingError> From(EffectiveSettings backend)
        {
            List<SettingError> errors = [];
            Enter(backend, errors);
            return errors;
        }

        private void Enter(EffectiveSettings backend, List<SettingError> errors)
        {
            if (_done.Contains(backend.Name))
            {
                return;
            }

            _way.Add(backend.Name);
            foreach ((Setting setting, string name) in Behind(backend))
            {
                int start = _way.IndexOf(name);
                if (start >= 0)
                {
                    string circle = string.Join(" -> ", _way.Skip(start).Append(name));
                    errors.Add(backend.Error(setting, $"expected a way that ends, found a circle: {circle}"));
                }
                else if (backends.TryGetValue(name, out EffectiveSettings? next))
                {
                    Enter(next, errors);
                }
            }

            _way.RemoveAt(_way.Count - 1);
            _done.Add(backend.Name);
        }
    }
}
