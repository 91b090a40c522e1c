using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Routing;
using Fabrik.Memcached.SideEffects;
using Fabrik.Memcached.SideEffects.Spool;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Proxy;

/// <summary>
/// What happens besides requests on one loop under one configuration. What an effect may have on its way is divided by
/// loops, and by routes where each has its own.
/// </summary>
internal sealed class LoopEffects
{
    private readonly LoopParts _parts;
    private readonly SharedParts _shared;
    private readonly LoopDestinations _destinations;
    private readonly LoopCounters _counters;
    private readonly List<SideEffect> _all = [];
    private readonly Dictionary<string, SideEffect> _ofAllRoutes = new(StringComparer.Ordinal);
    private readonly List<(SpooledDeletes Spool, LoopDelete Target)> _spools = [];

    /// <summary>Nothing yet; <see cref="Of"/> makes it.</summary>
    public LoopEffects(
        LoopParts parts, SharedParts shared, LoopDestinations destinations, LoopCounters counters) =>
        (_parts, _shared, _destinations, _counters) = (parts, shared, destinations, counters);

    /// <summary>All that were made.</summary>
    public IReadOnlyList<SideEffect> All => _all;

    /// <summary>Those of a route; null where it has none.</summary>
    /// <exception cref="ArgumentException">
    /// A name is none of an effect, or of the backend that an effect needs.
    /// </exception>
    public SideEffectSet? Of(RouteOptions route) => route.SideEffects.Count == 0
        ? null
        : new SideEffectSet([.. route.SideEffects.Select(name => Find(name, route))]);

    /// <summary>Spools send by these destinations from now on.</summary>
    public void AimSpools() => _spools.ForEach(static pair => pair.Spool.Aim(pair.Target));

    private SideEffect Find(string name, RouteOptions route)
    {
        if (_ofAllRoutes.TryGetValue(name, out var known))
        {
            return known;
        }

        var options = _shared.Options.SideEffects.FirstOrDefault(effect => effect.Name == name)
            ?? throw new ArgumentException($"Route '{route.Name}': there is no side effect '{name}'.", nameof(name));
        SideEffect made;
        if (options is ReplicateOnHitOptions replicate)
        {
            made = Replicate(replicate, route);
        }
        else
        {
            made = options switch
            {
                WriteEffectOptions write => Write(write),
                HttpPostOptions post => Post(post),
                _ => throw new ArgumentException($"Side effect '{name}' is of an unknown kind.", nameof(name)),
            };
            _ofAllRoutes.Add(name, made);
        }

        _all.Add(made);
        return made;
    }

    private MemcachedWrite Write(WriteEffectOptions write)
    {
        var target = Target(write.Name, write.Target);
        if (_shared.Spools.TryGetValue(write.Name, out var spool))
        {
            _spools.Add((spool, new LoopDelete(_parts.Loop, target)));
        }

        return new MemcachedWrite(
            _parts.Loop, target, Share(write, 1), _counters.Effect(write.Name), spool?.Spool)
        {
            Name = write.Name,
        };
    }

    private ReplicateOnHit Replicate(ReplicateOnHitOptions replicate, RouteOptions route)
    {
        var routes = _shared.Options.Routes.Count(
            other => other.SideEffects.Contains(replicate.Name, StringComparer.Ordinal));
        var limits = new ReplicateOnHitLimits
        {
            Expiry = replicate.Expiry,
            MaxOutstanding = Share(replicate, routes),
        };
        var (source, target) = (Target(route.Name, route.Backend), Target(replicate.Name, replicate.Target));
        return new ReplicateOnHit(_parts.Loop, source, target, limits, _counters.Effect(replicate.Name))
        {
            Name = replicate.Name,
        };
    }

    private HttpPost Post(HttpPostOptions post)
    {
        if (!CommandSet.TryParse(post.Commands, out var commands, out var unknown))
        {
            throw new ArgumentException($"Side effect '{post.Name}': there is no command '{unknown}'.", nameof(post));
        }

        Verb[] verbs = post.Commands.Count == 0 ? [] : [.. Enum.GetValues<Verb>().Where(commands.Contains)];
        return new HttpPost(_parts.Loop.Time, _shared.Queues[post.Name], verbs) { Name = post.Name };
    }

    private Destination Target(string name, string backend) => _destinations.Find(backend)
        ?? throw new ArgumentException($"'{name}': there is no backend named '{backend}'.", nameof(backend));

    private int Share(SideEffectOptions effect, int parts) =>
        Math.Max(1, effect.QueueLimit / (_shared.Options.Loops * Math.Max(1, parts)));
}
