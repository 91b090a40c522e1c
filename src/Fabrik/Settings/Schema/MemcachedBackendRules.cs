using Fabrik.Memcached.Configuration;

namespace Fabrik.Settings.Schema;

/// <summary>What has to hold between the settings of a backend.</summary>
internal static class MemcachedBackendRules
{
    /// <summary>All that is wrong.</summary>
    public static IEnumerable<SettingError> Check(EffectiveSettings settings, MemcachedNames names) =>
        settings.Items(MemcachedProxySettings.Backends).SelectMany(backend => Backend(backend, settings, names));

    private static IEnumerable<SettingError> Backend(
        EffectiveSettings backend, EffectiveSettings settings, MemcachedNames names)
    {
        MemcachedBackendType type = backend.Get(MemcachedBackendSettings.Type);
        IEnumerable<Setting> used =
            [MemcachedBackendSettings.Type, MemcachedBackendSettings.Zone, .. Used(backend, type)];
        IEnumerable<SettingError> wrong = type.Form switch
        {
            MemcachedBackendForm.Pool => Pool(backend).Concat(Servers(backend, names)),
            MemcachedBackendForm.Single => Single(backend).Concat(Servers(backend, names)),
            MemcachedBackendForm.Http => Http(backend),
            MemcachedBackendForm.Cache => Cache(backend),
            _ => MemcachedStrategyRules.Check(PlaceOf(backend, type), settings, names),
        };
        return wrong.Concat(MemcachedProxyRules.Unused(
            backend,
            used,
            type.Form == MemcachedBackendForm.Strategy
                ? MemcachedStrategyRules.Describe(PlaceOf(backend, type))
                : $"{type}"));
    }

    private static IEnumerable<Setting> Used(EffectiveSettings backend, MemcachedBackendType type)
    {
        IEnumerable<Setting> reached = MemcachedBackendSettings.Connection.Section.Settings
            .Concat(MemcachedBackendSettings.Health.Section.Settings);
        return type.Form switch
        {
            MemcachedBackendForm.Pool =>
            [
                MemcachedBackendSettings.Servers, .. MemcachedBackendSettings.Discovery.Settings,
                .. MemcachedBackendSettings.Hash.All, .. reached,
            ],
            MemcachedBackendForm.Single => reached.Prepend(MemcachedBackendSettings.Server),
            MemcachedBackendForm.Http =>
            [
                MemcachedBackendSettings.Url, MemcachedBackendSettings.Headers, MemcachedBackendSettings.Timeout,
                MemcachedBackendSettings.MaxConcurrent,
            ],
            MemcachedBackendForm.Cache => [MemcachedBackendSettings.Namespace],
            _ => MemcachedStrategyRules.Used(PlaceOf(backend, type)),
        };
    }

    private static MemcachedStrategyPlace PlaceOf(EffectiveSettings backend, MemcachedBackendType type) =>
        new(backend, type.Strategy!.Value, MemcachedBackendSettings.Strategy, MemcachedBackendSettings.Hash);

    private static IEnumerable<SettingError> Pool(EffectiveSettings backend)
    {
        IReadOnlyList<ServerOptions?> servers = backend.Get(MemcachedBackendSettings.Servers);
        bool isDiscovered = backend.Get(MemcachedBackendSettings.DiscoveryType) is not null;
        if (servers.Count == 0 && !isDiscovered)
        {
            yield return backend.Error(
                MemcachedBackendSettings.Servers, "expected servers, or discovery.type to be set, found neither");
        }

        if (isDiscovered && backend.Get(MemcachedBackendSettings.DiscoveryName).Length == 0)
        {
            yield return backend.Error(
                MemcachedBackendSettings.DiscoveryName, "expected a name to ask for, found none");
        }

        foreach (var twice in servers.GroupBy(server => $"{server}", StringComparer.Ordinal)
            .Where(group => group.Count() > 1))
        {
            yield return backend.Error(
                MemcachedBackendSettings.Servers,
                $"expected each server once, found {twice.Key} {twice.Count()} times");
        }

        // Rings know a server by its alias: two of one name would be one server.
        foreach (var same in servers.GroupBy(server => server!.Alias ?? $"{server}", StringComparer.Ordinal)
            .Where(group => group.DistinctBy(server => $"{server}", StringComparer.Ordinal).Count() > 1))
        {
            yield return backend.Error(
                MemcachedBackendSettings.Servers,
                $"expected an alias of its own for each server, found {same.Key} for {string.Join(" and ", same)}");
        }

        foreach (SettingError error in MemcachedStrategyRules.Tag(backend, MemcachedBackendSettings.Hash))
        {
            yield return error;
        }
    }

    private static IEnumerable<SettingError> Single(EffectiveSettings backend)
    {
        if (backend.Get(MemcachedBackendSettings.Server) is null)
        {
            yield return backend.Error(MemcachedBackendSettings.Server, "expected a server, found none");
        }
    }

    private static IEnumerable<SettingError> Servers(EffectiveSettings backend, MemcachedNames names)
    {
        MemcachedConnectionSettings connection = MemcachedBackendSettings.Connection;
        MemcachedHealthSettings health = MemcachedBackendSettings.Health;
        if ((backend.Get(connection.User).Length > 0) != (backend.Get(connection.Password).Length > 0))
        {
            yield return backend.Error(connection.User, $"expected both it and {connection.Password.Name}, found one");
        }

        if (!backend.Get(connection.Tls)
            && (backend.Get(connection.TlsServerName) + backend.Get(connection.TlsAuthorityFile)).Length > 0)
        {
            yield return backend.Error(connection.Tls, "expected true beside other settings of TLS, found false");
        }

        string gutter = backend.Get(health.Gutter);
        if ((backend.Get(health.WhenDead) == DeadServerPolicy.Gutter) != (gutter.Length > 0))
        {
            yield return backend.Error(health.Gutter, "expected both it and when_dead = \"gutter\", found one of them");
        }

        foreach (SettingError error in gutter.Length > 0 ? names.Backend(backend, health.Gutter, gutter) : [])
        {
            yield return error;
        }
    }

    private static IEnumerable<SettingError> Http(EffectiveSettings backend)
    {
        if (backend.Get(MemcachedBackendSettings.Url) is null)
        {
            yield return backend.Error(MemcachedBackendSettings.Url, "expected a URL, found none");
        }

        foreach (string header in backend.Get(MemcachedBackendSettings.Headers))
        {
            int colon = header.IndexOf(':');
            if (colon < 1 || header.AsSpan(0, colon).ContainsAny(" \t\r\n") || header.AsSpan().ContainsAny("\r\n"))
            {
                yield return backend.Error(
                    MemcachedBackendSettings.Headers, "expected \"Name: value\", found another form");
            }
        }
    }

    private static IEnumerable<SettingError> Cache(EffectiveSettings backend)
    {
        string name = backend.Get(MemcachedBackendSettings.Namespace);
        if (!SettingsSection.IsItemName(name))
        {
            yield return backend.Error(
                MemcachedBackendSettings.Namespace,
                $"expected up to 64 letters, digits, \"-\" and \"_\", found \"{name}\"");
        }
    }
}
