namespace Fabrik.Memcached.Proxy;

/// <summary>
/// Counters of one kind by the names of what they count. They outlive what they count as long as the next one of its
/// name asks for them. For one caller at a time.
/// </summary>
/// <param name="before">Those under the configuration before; null for none.</param>
internal sealed class NamedCounters<T>(NamedCounters<T>? before)
    where T : class, new()
{
    private readonly Dictionary<string, T> _known = before is null
        ? new Dictionary<string, T>(StringComparer.Ordinal)
        : new Dictionary<string, T>(before._used, StringComparer.Ordinal);

    private readonly Dictionary<string, T> _used = new(StringComparer.Ordinal);

    /// <summary>Those of a name: the ones from before, or new ones.</summary>
    public T Of(string name)
    {
        if (!_used.TryGetValue(name, out var counters))
        {
            counters = _known.Remove(name, out var known) ? known : new T();
            _used.Add(name, counters);
        }

        return counters;
    }

    /// <summary>There is nothing of a name any more.</summary>
    public void Forget(string name) => _used.Remove(name);
}
