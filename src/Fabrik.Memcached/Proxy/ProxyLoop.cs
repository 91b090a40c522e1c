using Fabrik.Memcached.Clients;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Servers;
using Fabrik.Memcached.SideEffects;
using Fabrik.Wire.Memcached;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Proxy;

/// <summary>A loop with what runs on it: clients, routes, and connections to servers.</summary>
internal sealed class ProxyLoop
{
    private readonly LoopParts _parts;
    private readonly ILogger _log;
    private readonly ILogger _decisions;
    private readonly RegexTimeouts _timeouts;
    private LoopCounters? _counters;
    private LoopDestinations? _destinations;
    private IReadOnlyList<SideEffect> _effects = [];

    /// <summary>Makes one that has no routes yet.</summary>
    public ProxyLoop(LoopParts parts, IAdminCommands admin, ILoggerFactory logs)
    {
        _parts = parts;
        _log = logs.CreateLogger("Fabrik.Memcached.Proxy");
        _decisions = logs.CreateLogger("Fabrik.Memcached.Decisions");
        _timeouts = new RegexTimeouts(parts.Loop, _log);
        Scope = new ClientScope(parts.Loop, logs.CreateLogger("Fabrik.Memcached.Clients"))
        {
            Router = NoRoutes.Instance,
            Limits = new ClientLimits(),
            ReaderLimits = ReaderLimits.Default,
            Admin = admin,
        };
    }

    /// <summary>The loop.</summary>
    public EventLoop Loop => _parts.Loop;

    /// <summary>What its clients have in common.</summary>
    public ClientScope Scope { get; }

    /// <summary>Its routes, in order.</summary>
    public IReadOnlyList<Route> Routes { get; private set; } = [];

    /// <summary>All destinations that have a name.</summary>
    public IReadOnlyCollection<Destination> Backends => Volatile.Read(ref _destinations)?.All ?? [];

    /// <summary>The servers that it has connections to.</summary>
    public IReadOnlyList<ServerDestination> Servers => Volatile.Read(ref _destinations)?.Servers ?? [];

    /// <summary>What happens besides its requests.</summary>
    public IReadOnlyList<SideEffect> Effects => Volatile.Read(ref _effects);

    /// <summary>A backend by its name; null if there is none. On the loop's thread.</summary>
    public Destination? Find(string backend) => _destinations?.Find(backend);

    /// <summary>Does something on the loop's thread.</summary>
    /// <exception cref="ObjectDisposedException">The loop has ended.</exception>
    public Task RunAsync(Action<ProxyLoop> work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Loop.Post(
            _ =>
            {
                try
                {
                    work(this);
                    done.TrySetResult();
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    done.TrySetException(e);
                }
            },
            null);
        Interlocked.MemoryBarrier();
        if (Loop.HasStopped)
        {
            done.TrySetException(new ObjectDisposedException(nameof(ProxyLoop)));
        }

        return done.Task;
    }

    /// <summary>Takes what is configured from now on. On the loop's thread.</summary>
    /// <exception cref="ArgumentException">It cannot be made; nothing has changed.</exception>
    /// <exception cref="IOException">A file of authorities cannot be read; nothing has changed.</exception>
    public void Apply(SharedParts shared)
    {
        var options = shared.Options;
        var counters = new LoopCounters(_counters);
        var destinations = new LoopDestinations(_parts, shared, counters, _destinations);
        var effects = new LoopEffects(_parts, shared, destinations, counters);
        Route[] routes = [.. options.Routes.Select(route => new Route
        {
            Options = route,
            Destination = destinations.Find(route.Backend)
                ?? throw new ArgumentException($"Route '{route.Name}': no backend '{route.Backend}'.", nameof(shared)),
            Effects = effects.Of(route),
            Counters = counters.Route(route.Name),
            Decisions = route.LogFraction > 0 ? new DecisionLog(route.Name, route.LogFraction, _decisions) : null,
        })];
        var router = new RouteTableRouter(routes, _timeouts);
        _destinations?.GiveWayTo(destinations);
        _counters = counters;
        Volatile.Write(ref _destinations, destinations);
        Volatile.Write(ref _effects, effects.All);
        effects.AimSpools();
        Routes = routes;
        Scope.Router = router;
        Scope.Limits = options.Limits;
        Scope.Idle.Begin();
        Scope.ReaderLimits = new ReaderLimits { MaxValueLength = options.Limits.MaxValueSize };
        Scope.FlushAll = options.AllowFlushAll ? new FlushAllDestination(destinations) { Name = "flush_all" } : null;
        NoteServers(destinations);
        Log.Applied(_log, options.Routes.Count, destinations.Servers.Count);
    }

    /// <summary>Takes the servers of a pool that were found. On the loop's thread.</summary>
    public void SetServers(PoolOptions pool)
    {
        if (_destinations is { } destinations)
        {
            destinations.SetServers(pool);
            NoteServers(destinations);
        }
    }

    /// <summary>Lets each client go when it has the answers that it waits for. On the loop's thread.</summary>
    public void DrainClients()
    {
        foreach (var client in Scope.Clients.ToArray())
        {
            client.Drain();
        }
    }

    /// <summary>Lets go of everything. On the loop's thread.</summary>
    public void Close()
    {
        foreach (var client in Scope.Clients.ToArray())
        {
            client.Abort();
        }

        foreach (var server in Servers)
        {
            server.Close();
        }
    }

    private void NoteServers(LoopDestinations destinations) =>
        Scope.OnlyServer = destinations.Servers.Count == 1 ? destinations.Servers[0] : null;
}
