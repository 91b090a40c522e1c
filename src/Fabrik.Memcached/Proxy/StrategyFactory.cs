using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Destinations.Tiers;
using Fabrik.Memcached.Loop;

namespace Fabrik.Memcached.Proxy;

/// <summary>Makes strategies over destinations that were made before.</summary>
internal static class StrategyFactory
{
    /// <summary>Makes one.</summary>
    /// <exception cref="ArgumentException">It has too few backends, or lacks what its kind needs.</exception>
    public static Destination Create(ILoop loop, StrategyOptions options, Destination[] children)
    {
        var name = options.Name;
        var least = options.Strategy is StrategyKind.WarmFirst ? 2 : 1;
        if (children.Length < least)
        {
            throw new ArgumentException($"Backend '{name}' needs {least} backends at least.", nameof(children));
        }

        return options.Strategy switch
        {
            StrategyKind.BlindForward => children[0],
            StrategyKind.RoundRobin => new RoundRobin(children) { Name = name },
            StrategyKind.ConsistentHash => new ConsistentHashDestination(options.Hashing, children) { Name = name },
            StrategyKind.Parallel => new Destinations.Parallel(loop, children) { Name = name },
            StrategyKind.WarmFirst => WarmFirst(loop, options, children),
            StrategyKind.Failover => Failover(loop, options, children),
            StrategyKind.Replicate => new Replicate(loop, children, options.Replication) { Name = name },
            StrategyKind.Shadow => new Shadow(children, options.ShadowFraction) { Name = name },
            StrategyKind.LeastLatency => new LeastLatency(loop, children, Seed(name)) { Name = name },
            StrategyKind.ZoneAware when options.Zones is { } zones =>
                new ZoneAware(children, zones.OfBackends, zones.Own) { Name = name },
            _ => throw new ArgumentException($"Backend '{name}' lacks its zones.", nameof(options)),
        };
    }

    private static WarmFirst WarmFirst(ILoop loop, StrategyOptions options, Destination[] children) =>
        new(loop, children[0], children[1], new WarmFirstOptions { RefillExpiry = options.RefillExpiry })
        {
            Name = options.Name,
        };

    private static Failover Failover(ILoop loop, StrategyOptions options, Destination[] children) =>
        new(loop, children, new FailoverOptions { OnMiss = options.FailoverOnMiss, Expiry = options.FailoverExpiry })
        {
            Name = options.Name,
        };

    private static ulong Seed(string name)
    {
        ulong seed = 14695981039346656037;
        foreach (var letter in name)
        {
            seed = (seed ^ letter) * 1099511628211;
        }

        return seed;
    }
}
