using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary>The names that settings of the memcached proxy may refer to.</summary>
internal sealed class MemcachedNames(EffectiveSettings settings)
{
    private readonly string[] _backends = Names(settings, MemcachedProxySettings.Backends);
    private readonly string[] _effects = Names(settings, MemcachedProxySettings.SideEffects);

    /// <summary>What is wrong with the name of a backend.</summary>
    public IEnumerable<SettingError> Backend(EffectiveSettings item, Setting setting, string name) =>
        Known(item, setting, name, _backends, "a backend");

    /// <summary>What is wrong with the name of a side effect.</summary>
    public IEnumerable<SettingError> Effect(EffectiveSettings item, Setting setting, string name) =>
        Known(item, setting, name, _effects, "a side effect");

    private static string[] Names(EffectiveSettings settings, SettingsSection section) =>
        [.. settings.Items(section).Select(item => item.Name)];

    private static IEnumerable<SettingError> Known(
        EffectiveSettings item, Setting setting, string name, string[] known, string what)
    {
        if (!known.Contains(name, StringComparer.Ordinal))
        {
            yield return item.Error(setting, $"expected the name of {what}, found \"{name}\"") with
            {
                Suggestion = Suggestion.Nearest(name, known),
            };
        }
    }
}
