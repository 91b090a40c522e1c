using Fabrik.Cache;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Discovery;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Servers;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached;

/// <summary>What a proxy needs from the process around it.</summary>
internal sealed record MemcachedProxyServices
{
    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where it tells what happens.</summary>
    public required ILoggerFactory Logs { get; init; }

    /// <summary>What backends of the type <c>cache</c> keep values in; null where there are none.</summary>
    public ICacheTier? Cache { get; init; }

    /// <summary>
    /// Makes who watches, on one loop, how a server of a pool does; null for a <see cref="Health.HealthMonitor"/>.
    /// </summary>
    public Func<ILoop, PoolOptions, ServerOptions, IServerObserver>? Watch { get; init; }

    /// <summary>Asks DNS: for servers by their names, and for those of pools that are found.</summary>
    public IDnsResolver Resolver { get; init; } = new SystemResolver();

    /// <summary>Makes what each loop waits in.</summary>
    public Func<IPoller> Poller { get; init; } = EventLoop.CreatePoller;
}
