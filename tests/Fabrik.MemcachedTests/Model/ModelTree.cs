using System.Globalization;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Destinations.Tiers;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Parallel = Fabrik.Memcached.Destinations.Parallel;

namespace Fabrik.MemcachedTests.Model;

/// <summary>Strategies over strategies over servers, by chance.</summary>
/// <param name="loop">The loop of all.</param>
/// <param name="random">Chance.</param>
/// <param name="isFaulty">
/// Whether servers fail; only then there are strategies that ask servers which may have different values.
/// </param>
internal sealed class ModelTree(ILoop loop, Random random, bool isFaulty)
{
    private bool _keepsOrder;

    /// <summary>The answers of servers that are to come, or to be taken.</summary>
    public PendingReplyPool Pending { get; } = new();

    /// <summary>The servers.</summary>
    public List<ModelServer> Servers { get; } = [];

    /// <summary>The strategies.</summary>
    public List<Strategy> Strategies { get; } = [];

    /// <summary>Makes one.</summary>
    /// <param name="depth">How many strategies there may be over a server.</param>
    public Destination Make(int depth) => Noted<Destination>((depth == 0 ? 0 : random.Next(isFaulty ? 11 : 7)) switch
    {
        0 => Server(),
        1 => new Parallel(loop, Children(depth, 3)) { Name = Name("parallel") },
        2 => Replicate(depth),
        3 => Failover(depth),
        4 => new ConsistentHashDestination(new HashingOptions(), Children(depth, 2)) { Name = Name("hash") },
        5 => new Shadow(Children(depth, 2), 0.5, maxOutstanding: 2) { Name = Name("shadow") },
        6 => _keepsOrder ? Server() : WarmFirst(depth),
        7 => new RoundRobin(Children(depth, 2)) { Name = Name("turn") },
        8 => new LeastLatency(loop, Children(depth, 3), seed: 7) { Name = Name("fast") },
        9 => new ZoneAware(Children(depth, 3), ["x", "y", "x"], "x") { Name = Name("zone") },
        _ => Pool(depth),
    });

    /// <summary>Makes one whose second child has what a cold first one lacks.</summary>
    public WarmFirst MakeWarmFirst(int depth) => Noted(WarmFirst(depth));

    private T Noted<T>(T made)
        where T : Destination
    {
        if (made is Strategy strategy)
        {
            Strategies.Add(strategy);
        }

        return made;
    }

    private WarmFirst WarmFirst(int depth)
    {
        var options = isFaulty ? new WarmFirstOptions { MaxKeys = 2, MaxWaiting = 2, MaxOutstanding = 2 } : new();

        // A refill is removed by the delete behind it only where the primary does both in this order.
        var before = _keepsOrder;
        _keepsOrder = !isFaulty;
        var primary = Make(depth - 1);
        _keepsOrder = before;
        return new WarmFirst(loop, primary, Make(depth - 1), options) { Name = Name("warm") };
    }

    private string Name(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{Servers.Count}");

    private ModelServer Server()
    {
        var server = new ModelServer(loop, Pending, random, isFaulty) { Name = Name("server") };
        Servers.Add(server);
        return server;
    }

    private Destination[] Children(int depth, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Make(depth - 1))];

    private Replicate Replicate(int depth)
    {
        // Only single servers have done what was asked of them before by when they are asked again.
        var mode = (ReplicationMode)random.Next(3);
        var isWhole = mode == ReplicationMode.AllSync || isFaulty;
        return new Replicate(loop, Children(isWhole ? depth : 1, 3), mode) { Name = Name("replicate") };
    }

    private Failover Failover(int depth)
    {
        TimeSpan? expiry = isFaulty && random.Next(2) == 0 ? TimeSpan.FromMinutes(1) : null;
        var options = new FailoverOptions { OnMiss = random.Next(2) == 0, Expiry = expiry };
        return new Failover(loop, Children(depth, 3), options) { Name = Name("failover") };
    }

    private PoolDestination Pool(int depth)
    {
        var gutter = new ExpiryLimited(loop, Make(depth - 1), TimeSpan.FromSeconds(60)) { Name = Name("gutter") };
        var parts = new PoolParts
        {
            Loop = loop,
            Hashing = new HashingOptions(),
            WhenDead = (DeadServerPolicy)random.Next(3),
            Gutter = gutter,
            Connect = _ =>
            {
                var server = Server();
                return new PoolServer(server, server);
            },
            Retire = static _ => { },
        };
        return new PoolDestination(parts, [new("10.0.0.1"), new("10.0.0.2"), new("10.0.0.3")]) { Name = Name("pool") };
    }
}
