using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Servers;

namespace Fabrik.Memcached.Health;

/// <summary>Watches all servers: probes them on the thread pool, and knows how each one does.</summary>
internal sealed class HealthMonitor : IAsyncDisposable
{
    /// <summary>How often it looks whether something is due.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    /// <summary>Probes at a time; others wait.</summary>
    public const int MaxProbes = 32;

    // Servers that end connections over and over are not probed more often than that.
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly Dictionary<Identity, Watched> _watched = [];

    // Of a server whose pool is configured otherwise by now, too: it is another one, but its name in figures stays.
    private readonly Dictionary<(string Pool, string Server), HealthCounters> _counters = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly HealthServices _services;
    private readonly Func<ServerHealth, CancellationToken, Task<ServerFailure?>> _probe;
    private readonly ITimer _timer;
    private readonly List<Task> _running = [];

    /// <summary>Watches nobody yet.</summary>
    public HealthMonitor(HealthServices services)
    {
        _services = services;
        _probe = services.Probe ?? new ServerProbe(services.Time, services.Log).AskAsync;
        _timer = services.Time.CreateTimer(static monitor => ((HealthMonitor)monitor!).OnTime(), this, Step, Step);
    }

    /// <summary>The servers that are watched, in no order.</summary>
    public IReadOnlyList<ServerHealth> Servers
    {
        get
        {
            lock (_lock)
            {
                return [.. _watched.Values.Select(static watched => watched.Health)];
            }
        }
    }

    /// <summary>
    /// How a server does; the same for all who ask for the same server, until <see cref="Keep"/> forgets it. From any
    /// thread.
    /// </summary>
    public ServerHealth Watch(PoolOptions pool, ServerOptions server)
    {
        var identity = Identity.Of(pool, server);
        lock (_lock)
        {
            if (!_watched.TryGetValue(identity, out var watched))
            {
                var counters = CountersOf(pool, server);
                watched = new Watched(new ServerHealth(pool, server, _services.Time, OnChanged, counters));
                watched.DueAt = DueAt(pool.Health.ProbeInterval * (0.1 + (0.9 * _services.Random.NextDouble())));
                _watched.Add(identity, watched);
            }

            return watched.Health;
        }
    }

    /// <summary>Forgets all servers that are not of a configuration, whoever watches them.</summary>
    public void Keep(MemcachedProxyOptions options)
    {
        var kept = options.Backends.OfType<PoolOptions>()
            .SelectMany(static pool => pool.Servers.Select(server => Identity.Of(pool, server)))
            .ToHashSet();
        var names = kept.Select(static identity => (identity.Pool, identity.Server.ToString())).ToHashSet();
        lock (_lock)
        {
            foreach (var identity in _watched.Keys.Where(identity => !kept.Contains(identity)).ToArray())
            {
                _watched.Remove(identity);
            }

            foreach (var name in _counters.Keys.Where(name => !names.Contains(name)).ToArray())
            {
                _counters.Remove(name);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _stop.CancelAsync();
        Task[] running;
        lock (_lock)
        {
            _watched.Clear();
            running = [.. _running];
        }

        await Task.WhenAll(running);
        _stop.Dispose();
    }

    private HealthCounters CountersOf(PoolOptions pool, ServerOptions server)
    {
        var name = (pool.Name, server.ToString());
        if (!_counters.TryGetValue(name, out var counters))
        {
            counters = new HealthCounters();
            _counters.Add(name, counters);
        }

        return counters;
    }

    private void OnTime()
    {
        var now = _services.Time.GetTimestamp();
        foreach (var health in Servers)
        {
            // Not under the lock: whoever is told of a transition may ask for the servers.
            health.Advance();
        }

        lock (_lock)
        {
            _running.RemoveAll(static task => task.IsCompleted);
            foreach (var watched in _watched.Values)
            {
                if (IsDue(watched, now) && _running.Count < MaxProbes && !_stop.IsCancellationRequested)
                {
                    watched.IsProbed = true;
                    watched.Health.BeginProbe();
                    _running.Add(Task.Run(() => ProbeAsync(watched)));
                }
            }
        }
    }

    private static bool IsDue(Watched watched, long now)
    {
        var health = watched.Health;
        return !watched.IsProbed
            && (health.Condition == ServerCondition.Dead
                ? now >= health.RetryAt
                : now >= watched.DueAt || (health.IsSuspect && now >= watched.SuspectAt));
    }

    private async Task ProbeAsync(Watched watched)
    {
        try
        {
            var failure = await _probe(watched.Health, _stop.Token);
            Planned(watched, watched.Health.Probed(failure));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The process ends.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.ProbeFailed(_services.Log, watched.Health.Pool.Name, watched.Health.Server.ToString(), e);
            Planned(watched, watched.Health.Probed(ServerFailure.BadReply));
        }
    }

    private void Planned(Watched watched, TimeSpan next)
    {
        lock (_lock)
        {
            watched.IsProbed = false;

            // Many proxies that began together do not go on together.
            watched.DueAt = DueAt(next * (0.9 + (0.2 * _services.Random.NextDouble())));
            watched.SuspectAt = DueAt(LeastInterval);
        }
    }

    private long DueAt(TimeSpan delay) => delay == TimeSpan.Zero
        ? long.MaxValue
        : _services.Time.GetTimestamp() + (long)(delay.TotalSeconds * _services.Time.TimestampFrequency);

    private void OnChanged(ServerTransition transition)
    {
        if (transition.To == ServerCondition.Dead)
        {
            var seconds = transition.RetryAfter.TotalSeconds;
            Log.Died(_services.Log, transition.Pool, transition.Server, transition.Reason, seconds);
        }
        else if (transition.To == ServerCondition.Returning)
        {
            var share = transition.ReturnsSlowly ? "gets a rising share of its keys" : "gets all its keys";
            Log.Returned(_services.Log, transition.Pool, transition.Server, share);
        }
        else if (transition.ReturnsSlowly)
        {
            Log.Recovered(_services.Log, transition.Pool, transition.Server);
        }

        _services.Changed?.Invoke(transition);
    }

    private sealed class Watched(ServerHealth health)
    {
        public ServerHealth Health => health;

        public long DueAt { get; set; }

        public long SuspectAt { get; set; }

        public bool IsProbed { get; set; }
    }

    private sealed record Identity(
        string Pool, ServerOptions Server, ConnectionOptions Connections, HealthOptions Health)
    {
        public static Identity Of(PoolOptions pool, ServerOptions server) =>
            new(pool.Name, server, pool.Connections, pool.Health);
    }
}
