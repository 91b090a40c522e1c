using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Destinations.Tiers;
using Fabrik.Memcached.Loop;

namespace Fabrik.Memcached.Proxy;

/// <summary>Makes strategies over destinations that were made before.</summary>
/// <param name="loop">Their loop.</param>
/// <param name="counters">Where they count.</param>
internal sealed class StrategyFactory(ILoop loop, LoopCounters counters)
{
    /// <summary>Makes one.</summary>
    /// <exception cref="ArgumentException">It has too few backends, or lacks what its kind needs.</exception>
    public Destination Create(StrategyOptions options, Destination[] children)
    {
        var name = options.Name;
        var least = options.Strategy is StrategyKind.WarmFirst ? 2 : 1;
        if (children.Length < least)
        {
            throw new ArgumentException($"Backend '{name}' needs {least} backends at least.", nameof(children));
        }

        var own = counters.Strategy(name);
        return options.Strategy switch
        {
            StrategyKind.BlindForward => children[0],
            StrategyKind.ConsistentHash => new ConsistentHashDestination(options.Hashing, children) { Name = name },
            StrategyKind.RoundRobin => new RoundRobin(children, own) { Name = name },
            StrategyKind.Parallel => new Destinations.Parallel(loop, children, own) { Name = name },
            StrategyKind.WarmFirst => WarmFirst(options, children, own),
            StrategyKind.Failover => Failover(options, children, own),
            StrategyKind.Replicate => new Replicate(loop, children, options.Replication, own) { Name = name },
            StrategyKind.Shadow => new Shadow(children, options.ShadowFraction, own) { Name = name },
            StrategyKind.LeastLatency => new LeastLatency(loop, children, Seed(name), own) { Name = name },
            StrategyKind.ZoneAware when options.Zones is { } zones =>
                new ZoneAware(children, zones.OfBackends, zones.Own, own) { Name = name },
            _ => throw new ArgumentException($"Backend '{name}' lacks its zones.", nameof(options)),
        };
    }

    private WarmFirst WarmFirst(StrategyOptions options, Destination[] children, StrategyCounters own)
    {
        var refill = new WarmFirstOptions { RefillExpiry = options.RefillExpiry };
        return new WarmFirst(loop, children[0], children[1], refill, own) { Name = options.Name };
    }

    private Failover Failover(StrategyOptions options, Destination[] children, StrategyCounters own)
    {
        var failover = new FailoverOptions { OnMiss = options.FailoverOnMiss, Expiry = options.FailoverExpiry };
        return new Failover(loop, children, failover, own) { Name = options.Name };
    }

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
