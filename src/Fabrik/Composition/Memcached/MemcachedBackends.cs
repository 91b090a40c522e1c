using Fabrik.Memcached.Configuration;
using Fabrik.Settings;
using Fabrik.Settings.Schema;

namespace Fabrik.Composition.Memcached;

/// <summary>What requests may be sent to, out of settings.</summary>
internal sealed class MemcachedBackends(EffectiveSettings settings)
{
    private readonly Dictionary<string, string> _zones = settings.Items(MemcachedProxySettings.Backends)
        .ToDictionary(
            backend => backend.Name, backend => backend.Get(MemcachedBackendSettings.Zone), StringComparer.Ordinal);

    /// <summary>Those that the file gives names.</summary>
    public IEnumerable<BackendOptions> Named() => settings.Items(MemcachedProxySettings.Backends).Select(Of);

    /// <summary>A strategy.</summary>
    /// <param name="place">Where it is set.</param>
    /// <param name="name">What it is called.</param>
    public StrategyOptions Strategy(MemcachedStrategyPlace place, string name)
    {
        (MemcachedStrategySettings declared, EffectiveSettings item) = (place.Settings, place.Item);
        string[] names = [.. declared.Names(item).Select(each => each.Name)];
        return new StrategyOptions
        {
            Name = name,
            Strategy = place.Kind,
            Backends = names,
            Hashing = Hashing(item, place.Hash),
            Replication = item.Get(declared.Replication),
            FailoverOnMiss = item.Get(declared.FailoverOnMiss),
            FailoverExpiry = item.Get(declared.FailoverExpiry),
            RefillExpiry = item.Get(declared.RefillExpiry),
            ShadowFraction = item.Get(declared.ShadowFraction),
            Zones = place.Kind == StrategyKind.ZoneAware
                ? new ZoneOptions(settings.Get(MemcachedProxySettings.Zone), [.. names.Select(each => _zones[each])])
                : null,
        };
    }

    private BackendOptions Of(EffectiveSettings backend)
    {
        MemcachedBackendType type = backend.Get(MemcachedBackendSettings.Type);
        return type.Form switch
        {
            MemcachedBackendForm.Pool => Pool(backend, backend.Get(MemcachedBackendSettings.Servers)),
            MemcachedBackendForm.Single => Pool(backend, [backend.Get(MemcachedBackendSettings.Server)]),
            MemcachedBackendForm.Http => new HttpBackendOptions
            {
                Name = backend.Name,
                Url = backend.Get(MemcachedBackendSettings.Url)!,
                Timeout = backend.Get(MemcachedBackendSettings.Timeout),
                Headers = Headers(backend),
                MaxConcurrent = backend.Get(MemcachedBackendSettings.MaxConcurrent),
            },
            MemcachedBackendForm.Cache => new CacheBackendOptions
            {
                Name = backend.Name,
                Namespace = backend.Get(MemcachedBackendSettings.Namespace),
            },
            _ => Strategy(
                new MemcachedStrategyPlace(
                    backend, type.Strategy!.Value, MemcachedBackendSettings.Strategy, MemcachedBackendSettings.Hash),
                backend.Name),
        };
    }

    private static PoolOptions Pool(EffectiveSettings backend, IEnumerable<ServerOptions?> servers) => new()
    {
        Name = backend.Name,
        Servers = [.. servers.OfType<ServerOptions>()],
        Discovery = backend.Get(MemcachedBackendSettings.DiscoveryType) is { } kind
            ? new DiscoveryOptions(
                kind,
                backend.Get(MemcachedBackendSettings.DiscoveryName),
                backend.Get(MemcachedBackendSettings.DiscoveryPort),
                backend.Get(MemcachedBackendSettings.DiscoveryInterval))
            : null,
        Hashing = Hashing(backend, MemcachedBackendSettings.Hash),
        Connections = Connections(backend, MemcachedBackendSettings.Connection),
        Health = Health(backend, MemcachedBackendSettings.Health),
    };

    private static HashingOptions Hashing(EffectiveSettings item, MemcachedHashSettings hash) => new()
    {
        Ring = item.Get(hash.Ring),
        KeyHash = item.Get(hash.KeyHash),
        HashTag = NullIfEmpty(item.Get(hash.Tag)),
    };

    private static ConnectionOptions Connections(EffectiveSettings backend, MemcachedConnectionSettings settings) =>
        new()
        {
            ConnectTimeout = backend.Get(settings.ConnectTimeout),
            ReplyTimeout = backend.Get(settings.ReplyTimeout),
            PerLoop = backend.Get(settings.PerLoop),
            MaxPending = backend.Get(settings.MaxPending),
            MaxUnsent = (int)backend.Get(settings.MaxUnsent).Bytes,
            IdleTimeout = backend.Get(settings.IdleTimeout),
            MaxLifetime = backend.Get(settings.MaxLifetime),
            Tls = backend.Get(settings.Tls),
            TlsServerName = NullIfEmpty(backend.Get(settings.TlsServerName)),
            TlsAuthorityFile = NullIfEmpty(backend.Get(settings.TlsAuthorityFile)),
            Credentials = MemcachedOptions.CredentialsOf(backend, settings.User, settings.Password),
        };

    private static HealthOptions Health(EffectiveSettings backend, MemcachedHealthSettings settings) => new()
    {
        ProbeInterval = backend.Get(settings.ProbeInterval),
        ProbeTimeout = backend.Get(settings.ProbeTimeout),
        FailureLimit = backend.Get(settings.FailureLimit),
        RetryInterval = backend.Get(settings.RetryInterval),
        WhenDead = backend.Get(settings.WhenDead),
        Gutter = NullIfEmpty(backend.Get(settings.Gutter)),
        GutterExpiry = backend.Get(settings.GutterExpiry),
    };

    private static Dictionary<string, string> Headers(EffectiveSettings backend)
    {
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        foreach (string header in backend.Get(MemcachedBackendSettings.Headers))
        {
            int colon = header.IndexOf(':');
            headers[header[..colon]] = header[(colon + 1)..].Trim();
        }

        return headers;
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
