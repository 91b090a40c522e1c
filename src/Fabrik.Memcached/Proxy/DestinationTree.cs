using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Loop;

namespace Fabrik.Memcached.Proxy;

/// <summary>The destinations of a configuration, by name; each is made when it is asked for first.</summary>
/// <param name="backends">What is configured.</param>
/// <param name="loop">Whose they are.</param>
/// <param name="counters">Where they count.</param>
/// <param name="ends">Makes what they end at.</param>
internal sealed class DestinationTree(
    IReadOnlyList<BackendOptions> backends, ILoop loop, LoopCounters counters, IDestinationEnds ends)
{
    private readonly List<string> _beingMade = [];
    private readonly Dictionary<string, Destination> _made = new(StringComparer.Ordinal);
    private readonly StrategyFactory _strategies = new(loop, counters);

    /// <summary>All that were made.</summary>
    public IReadOnlyCollection<Destination> All => _made.Values;

    /// <summary>One that was made; null if there is none.</summary>
    public Destination? Find(string name) => _made.GetValueOrDefault(name);

    /// <summary>One of them.</summary>
    /// <exception cref="ArgumentException">There is none of that name, or it cannot be made.</exception>
    /// <exception cref="IOException">A file of authorities cannot be read.</exception>
    public Destination Get(string name)
    {
        if (_made.TryGetValue(name, out var made))
        {
            return made;
        }

        var backend = backends.FirstOrDefault(b => b.Name == name)
            ?? throw new ArgumentException($"There is no backend named '{name}'.", nameof(name));
        if (_beingMade.Contains(name))
        {
            throw new ArgumentException($"Backend '{name}' is a part of itself.", nameof(name));
        }

        _beingMade.Add(name);
        var destination = Make(backend);
        _beingMade.Remove(name);
        _made.Add(name, destination);
        return destination;
    }

    /// <summary>The one place where kinds of backends become destinations.</summary>
    private Destination Make(BackendOptions backend) => backend switch
    {
        PoolOptions pool => Pool(pool),
        HttpBackendOptions http => ends.Backend(http.Name, http.Url.GetLeftPart(UriPartial.Path)),
        CacheBackendOptions cache => ends.Backend(cache.Name, "the store of this process"),
        StrategyOptions strategy => _strategies.Create(strategy, [.. strategy.Backends.Select(Get)]),
        _ => throw new ArgumentException($"Backend '{backend.Name}' is of an unknown kind.", nameof(backend)),
    };

    private PoolDestination Pool(PoolOptions pool)
    {
        if (pool.Servers.Count == 0 && pool.Discovery is null)
        {
            throw new ArgumentException($"Backend '{pool.Name}' has no servers, and no way to find any.", nameof(pool));
        }

        var gutter = pool.Health is { WhenDead: DeadServerPolicy.Gutter, Gutter: { } name } ? Get(name) : null;
        var parts = new PoolParts
        {
            Name = pool.Name,
            FoundBy = pool.Discovery?.Name,
            Loop = loop,
            Hashing = pool.Hashing,
            Counters = counters.Pool(pool.Name),
            WhenDead = pool.Health.WhenDead,
            Connect = server => ends.Server(pool, server),
            Retire = ends.Retire,
            Gutter = gutter is null ? null : new ExpiryLimited(loop, gutter, pool.Health.GutterExpiry)
            {
                Name = gutter.Name,
            },
        };
        return new PoolDestination(parts, pool.Servers) { Name = pool.Name };
    }
}
