using Fabrik.Memcached.Backends;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.SideEffects;
using Fabrik.Memcached.SideEffects.Spool;

namespace Fabrik.Memcached.Proxy;

/// <summary>A configuration, with what all loops have of it together.</summary>
internal sealed record SharedParts
{
    /// <summary>The configuration, with the servers that are known now.</summary>
    public required MemcachedProxyOptions Options { get; init; }

    /// <summary>The backends that are no memcached, by name.</summary>
    public required IReadOnlyDictionary<string, IBackend> Backends { get; init; }

    /// <summary>Where the notices of side effects go, by the effect's name.</summary>
    public required IReadOnlyDictionary<string, NoticeQueue> Queues { get; init; }

    /// <summary>Where the deletes of side effects are kept, by the effect's name.</summary>
    public required IReadOnlyDictionary<string, SpooledDeletes> Spools { get; init; }
}
