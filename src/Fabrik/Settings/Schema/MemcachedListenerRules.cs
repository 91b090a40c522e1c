using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary>What has to hold between the settings of listeners for clients of memcached.</summary>
internal static class MemcachedListenerRules
{
    /// <summary>All that is wrong.</summary>
    public static IEnumerable<SettingError> Check(EffectiveSettings settings)
    {
        IReadOnlyList<EffectiveSettings> listeners = settings.Items(MemcachedProxySettings.Listeners);
        return listeners.SelectMany((listener, index) => Pairs(listener).Concat(Own(listener, listeners.Take(index))));
    }

    private static IEnumerable<SettingError> Pairs(EffectiveSettings listener)
    {
        (Setting<string>, Setting<string>)[] pairs =
        [
            (MemcachedListenerSettings.Certificate.File, MemcachedListenerSettings.Certificate.KeyFile),
            (MemcachedListenerSettings.User, MemcachedListenerSettings.Password),
        ];
        return from pair in pairs
               where (listener.Get(pair.Item1).Length > 0) != (listener.Get(pair.Item2).Length > 0)
               select listener.Error(pair.Item1, $"expected both it and {pair.Item2.Name}, found one of them");
    }

    // A port that the system chooses is another one each time.
    private static IEnumerable<SettingError> Own(EffectiveSettings listener, IEnumerable<EffectiveSettings> before)
    {
        BindAddress bind = listener.Get(MemcachedListenerSettings.Bind);
        return from other in before
               where bind == other.Get(MemcachedListenerSettings.Bind) && bind is not { Port: 0, UnixPath: "" }
               select listener.Error(
                   MemcachedListenerSettings.Bind, $"expected an address of its own, found that of {other.Key}");
    }
}
