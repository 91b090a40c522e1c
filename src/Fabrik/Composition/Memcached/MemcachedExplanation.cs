using System.Globalization;
using System.Text;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Routing;
using Fabrik.Settings.Schema;
using Fabrik.Wire.Memcached;
using Fabrik.Wire.Memcached.Hashing;

namespace Fabrik.Composition.Memcached;

/// <summary>
/// Says where a request would go, out of the configuration alone: with all servers alive, and where each is found that
/// is named.
/// </summary>
internal sealed class MemcachedExplanation
{
    private readonly MemcachedProxyOptions _options;
    private readonly Dictionary<string, BackendOptions> _backends;
    private readonly List<string> _lines = [];
    private readonly byte[] _key;

    private MemcachedExplanation(MemcachedProxyOptions options, string key)
    {
        _options = options;
        _backends = options.Backends.ToDictionary(backend => backend.Name, StringComparer.Ordinal);
        _key = Encoding.UTF8.GetBytes(key);
    }

    /// <summary>Explains a request.</summary>
    /// <param name="options">The configuration; right.</param>
    /// <param name="verb">The command.</param>
    /// <param name="key">The key.</param>
    /// <returns>Lines, indented by two spaces for each strategy around; null where no route matches.</returns>
    public static IReadOnlyList<string>? Of(MemcachedProxyOptions options, Verb verb, string key)
    {
        MemcachedExplanation explanation = new(options, key);
        return explanation.Route(verb) ? explanation._lines : null;
    }

    private bool Route(Verb verb)
    {
        if (!RouteTable.TryCreate(_options.Routes, out RouteTable? table, out _)
            || table!.Find(verb, _key) is not (>= 0 and var index))
        {
            return false;
        }

        RouteOptions route = _options.Routes[index];
        _lines.Add(RouteText.Of(route));
        Backend(route.Backend, depth: 1);
        if (RouteText.EffectsOf(route) is { } effects)
        {
            _lines.Add($"  {effects}");
        }

        return true;
    }

    private void Backend(string name, int depth)
    {
        switch (_backends[name])
        {
            case PoolOptions pool:
                Pool(pool, depth);
                break;
            case HttpBackendOptions http:
                Add(depth, $"{name}: {http.Url.GetLeftPart(UriPartial.Path)}");
                break;
            case CacheBackendOptions:
                Add(depth, $"{name}: the store of this process");
                break;
            case StrategyOptions strategy:
                Strategy(strategy, depth);
                break;
        }
    }

    private void Strategy(StrategyOptions strategy, int depth)
    {
        string kind = MemcachedStrategySettings.NameOf(strategy.Strategy);
        if (strategy.Strategy != StrategyKind.ConsistentHash)
        {
            Add(depth, $"{strategy.Name}: {kind} over {string.Join(", ", strategy.Backends)}");
            foreach (string child in strategy.Backends)
            {
                Backend(child, depth + 1);
            }

            return;
        }

        IRing ring = Rings.Create(strategy.Hashing, [.. strategy.Backends.Select(child => new RingMember(child))]);
        (int at, string how) = Choose(strategy.Hashing, ring);
        Add(depth, $"{strategy.Name}: {kind}, {how}, backend {strategy.Backends[at]}");
        Backend(strategy.Backends[at], depth + 1);
    }

    private void Pool(PoolOptions pool, int depth)
    {
        if (pool.Servers.Count == 0)
        {
            Add(depth, $"{pool.Name}: a server that {pool.Discovery!.Name} names at that time");
            return;
        }

        (int at, string how) = Choose(pool.Hashing, Rings.Create(pool.Hashing, pool.Servers));
        string choice = pool.Servers.Count > 1 ? $"{how}, " : "";
        Add(depth, $"{pool.Name}: {choice}server {pool.Servers[at]}");
        if (pool.Health.Gutter is { } gutter)
        {
            Add(depth + 1, $"or, while it is dead, for {pool.Health.GutterExpiry.TotalSeconds:0} s at most:");
            Backend(gutter, depth + 2);
        }
    }

    private (int Member, string How) Choose(HashingOptions hashing, IRing ring)
    {
        KeyChoice choice = new(hashing);
        RingPlace place = choice.Find(ring, _key);
        return (place.Member, choice.Describe(place));
    }

    private void Add(int depth, FormattableString line) =>
        _lines.Add(new string(' ', 2 * depth) + line.ToString(CultureInfo.InvariantCulture));
}
