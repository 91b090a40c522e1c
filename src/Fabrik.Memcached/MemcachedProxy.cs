using System.Net;
using Fabrik.Memcached.Clients;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Discovery;
using Fabrik.Memcached.Health;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Proxy;
using Fabrik.Memcached.SideEffects.Spool;
using Fabrik.Memcached.Warming;
using Fabrik.Wire.Memcached;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached;

/// <summary>A memcached proxy: listeners, loops, routes and servers, from start to end.</summary>
internal sealed class MemcachedProxy : IAsyncDisposable, IAdminCommands
{
    private static readonly TimeSpan DrainStep = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _changing = new(1);
    private readonly MemcachedProxyServices _services;
    private readonly ILogger _log;
    private readonly ProxyLoop[] _loops;
    private readonly ClientAdmission _admission;
    private readonly ProxyStatistics _statistics;
    private readonly ServerAddresses _addresses;
    private readonly HealthMonitor _health;
    private readonly PoolDirectory _directory;
    private readonly SharedBackends _backends;
    private readonly SharedEffects _effects;
    private List<ClientListener> _listeners = [];
    private MemcachedProxyOptions? _configured;
    private MemcachedProxyOptions? _resolved;
    private bool _isClosed;

    private MemcachedProxy(MemcachedProxyOptions options, MemcachedProxyServices services)
    {
        _services = services;
        _log = services.Logs.CreateLogger("Fabrik.Memcached.Proxy");
        _addresses = new ServerAddresses(services.Time);
        _health = new HealthMonitor(new HealthServices
        {
            Time = services.Time,
            Log = services.Logs.CreateLogger("Fabrik.Memcached.Health"),
        });
        _directory = new PoolDirectory(new DiscoveryServices
        {
            Time = services.Time,
            Resolver = services.Resolver,
            Log = services.Logs.CreateLogger("Fabrik.Memcached.Discovery"),
            Changed = TakeServersAsync,
        });
        _backends = new SharedBackends(services);
        _effects = new SharedEffects(services);
        _loops = [.. Enumerable.Range(0, options.Loops).Select(MakeLoop)];
        _admission = new ClientAdmission([.. _loops.Select(l => l.Scope)], _log)
        {
            MaxClients = options.Limits.MaxClients,
        };
        _statistics = new ProxyStatistics(_loops, _admission, services.Time);
        Warming = new WarmingService(new WarmingParts
        {
            Loops = [.. _loops.Select(static loop => loop.Loop)],
            Find = (name, loop) => _loops.First(one => one.Loop == loop).Find(name),
            Describe = name => Volatile.Read(ref _resolved)?.Backends.FirstOrDefault(one => one.Name == name),
            Time = services.Time,
        });
    }

    /// <summary>Copies keys between its backends; jobs outlive a reload.</summary>
    public WarmingService Warming { get; }

    /// <summary>How its servers do; none where somebody else watches them.</summary>
    public IReadOnlyList<ServerHealth> Health => _health.Servers;

    /// <summary>What the spools of side effects have done, by the effect's name.</summary>
    public IEnumerable<(string Name, SpoolCounters Counters)> Spools() => _effects.Spools();

    /// <summary>Where it listens, in the order of the configuration.</summary>
    public IReadOnlyList<EndPoint> Listeners => [.. Volatile.Read(ref _listeners).Select(l => l.EndPoint)];

    /// <summary>Its loops.</summary>
    public IReadOnlyList<ProxyLoop> Loops => _loops;

    /// <summary>What they have counted.</summary>
    public ProxyStatistics Statistics => _statistics;

    /// <summary>Clients that are connected.</summary>
    public int Clients => _admission.Clients;

    /// <summary>Begins to serve.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">An address cannot be bound.</exception>
    public static async Task<MemcachedProxy> StartAsync(
        MemcachedProxyOptions options,
        MemcachedProxyServices services,
        CancellationToken cancellationToken)
    {
        var proxy = new MemcachedProxy(options, services);
        foreach (var loop in proxy._loops)
        {
            loop.Loop.Start();
        }

        try
        {
            await proxy.ReloadAsync(options, cancellationToken);
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Takes another configuration: clients stay, and so do connections to servers that are in both. The number of
    /// loops stays what it was.
    /// </summary>
    /// <exception cref="System.Net.Sockets.SocketException">
    /// An address cannot be bound; nothing has changed.
    /// </exception>
    /// <exception cref="ArgumentException">What is configured cannot be made; nothing has changed.</exception>
    /// <exception cref="IOException">A file or a folder cannot be used; nothing has changed.</exception>
    /// <exception cref="UnauthorizedAccessException">
    /// A file or a folder may not be used; nothing has changed.
    /// </exception>
    public async Task ReloadAsync(MemcachedProxyOptions options, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            await TakeAsync(options, cancellationToken);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Accepts no more clients, and lets those that are there have the answers they wait for.</summary>
    /// <param name="timeout">How long that may take; who is left then is cut off.</param>
    public async Task DrainAsync(TimeSpan timeout)
    {
        await StopListeningAsync();
        foreach (var loop in _loops)
        {
            await loop.RunAsync(static l =>
            {
                foreach (var client in l.Scope.Clients.ToArray())
                {
                    client.Drain();
                }
            });
        }

        var begin = _services.Time.GetTimestamp();
        while (Clients > 0 && _services.Time.GetElapsedTime(begin) < timeout)
        {
            await Task.Delay(DrainStep, _services.Time);
        }

        while (await HasEffectsAsync() && _services.Time.GetElapsedTime(begin) < timeout)
        {
            await Task.Delay(DrainStep, _services.Time);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;

        // A reload that is under way ends first; none comes after.
        await _changing.WaitAsync();
        await StopListeningAsync();
        await Warming.DisposeAsync();
        await _directory.DisposeAsync();
        foreach (var loop in _loops)
        {
            await loop.RunAsync(static l => l.Close());
            loop.Loop.Dispose();
        }

        // After the loops: what could not be sent to the end is kept.
        await _effects.DisposeAsync();
        await _backends.DisposeAsync();
        await _health.DisposeAsync();
        await _addresses.DisposeAsync();

        // Not disposed of: a reload that waits for it is to hear that there is nothing to change any more.
        _changing.Release();
    }

    /// <inheritdoc/>
    public byte[]? Stats(ReadOnlySpan<byte> topic, MemcachedProtocol protocol, uint opaque) =>
        _statistics.Write(topic, protocol, opaque);

    private ProxyLoop MakeLoop(int number)
    {
        var loop = new EventLoop($"memcached-{number}", _services.Poller(), _services.Time, _log);
        var servers = new ServerFactory(
            loop,
            _addresses,
            _services.Watch ?? ((_, pool, server) => _health.Watch(pool, server)),
            _services.Logs.CreateLogger("Fabrik.Memcached.Servers"));
        var parts = new LoopParts(loop, servers, _services.Logs.CreateLogger("Fabrik.Memcached.Backends"));
        return new ProxyLoop(parts, this, _services.Logs);
    }

    private async Task TakeAsync(MemcachedProxyOptions options, CancellationToken cancellationToken)
    {
        MemcachedProxyOptions resolved;
        (List<ClientListener> Kept, List<ClientListener> Added, List<ClientListener> Removed) listeners = ([], [], []);
        var isTaken = false;
        try
        {
            await _directory.ApplyAsync(options, cancellationToken);
            resolved = _directory.Resolve(options) with { Loops = _loops.Length };
            await _addresses.AddAsync(resolved, cancellationToken);
            listeners = Bind(options.Listeners);
            await ApplyAsync(resolved);
            isTaken = true;
        }
        finally
        {
            if (!isTaken)
            {
                listeners.Added.ForEach(l => l.Close());
                await ForgetAsync();
            }
        }

        _configured = options;
        Settle(resolved);
        _backends.Commit(isTaken: true);
        await _effects.CommitAsync(isTaken: true);
        _admission.MaxClients = options.Limits.MaxClients;
        await ListenAsync(listeners.Added, listeners.Removed);
        Volatile.Write(ref _listeners, listeners.Kept);
    }

    private async Task ListenAsync(List<ClientListener> added, List<ClientListener> removed)
    {
        await _loops[0].RunAsync(_ =>
        {
            removed.ForEach(l => l.Close());
            added.ForEach(l => l.Start());
        });
        added.ForEach(l => Proxy.Log.Listening(_log, l.EndPoint));
    }

    private async Task ApplyAsync(MemcachedProxyOptions resolved)
    {
        var backends = _backends.Prepare(resolved);
        var (queues, spools) = _effects.Prepare(resolved);
        var shared = new SharedParts { Options = resolved, Backends = backends, Queues = queues, Spools = spools };
        foreach (var loop in _loops)
        {
            // What cannot be made fails on the first one, before anything has changed.
            await loop.RunAsync(l => l.Apply(shared));
        }
    }

    // What goes on is what was there before, to the end: nothing cancels that.
    private async Task ForgetAsync()
    {
        _backends.Commit(isTaken: false);
        await _effects.CommitAsync(isTaken: false);
        if (_configured is { } before)
        {
            await _directory.ApplyAsync(before, CancellationToken.None);
            Settle(_directory.Resolve(before));
        }
    }

    private void Settle(MemcachedProxyOptions resolved)
    {
        Volatile.Write(ref _resolved, resolved);
        _health.Keep(resolved);
    }

    // Of a pool whose servers are found: no client notices, but by the keys that are elsewhere.
    private async Task TakeServersAsync(string name, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (_configured is { } configured)
            {
                var resolved = _directory.Resolve(configured);
                var pool = resolved.Backends.OfType<PoolOptions>().First(one => one.Name == name);
                foreach (var loop in _loops)
                {
                    await loop.RunAsync(l => l.SetServers(pool));
                }

                Settle(resolved);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IOException)
        {
            Proxy.Log.FoundUnusable(_log, name, e);
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task<bool> HasEffectsAsync()
    {
        var outstanding = 0;
        foreach (var loop in _loops)
        {
            await loop.RunAsync(l => outstanding += l.Effects.Sum(static effect => effect.Outstanding));
        }

        return outstanding > 0;
    }

    private (List<ClientListener> Kept, List<ClientListener> Added, List<ClientListener> Removed) Bind(
        IReadOnlyList<ListenerOptions> wanted)
    {
        var kept = new List<ClientListener>();
        var added = new List<ClientListener>();
        try
        {
            foreach (var options in wanted)
            {
                var listener = _listeners.Find(l => l.Options == options);
                if (listener is null)
                {
                    listener = new ClientListener(options, _loops[0].Loop, _admission);
                    added.Add(listener);
                }

                kept.Add(listener);
            }
        }
        catch
        {
            added.ForEach(l => l.Close());
            throw;
        }

        return (kept, added, [.. _listeners.Except(kept)]);
    }

    private async Task StopListeningAsync()
    {
        var listeners = _listeners;
        await _loops[0].RunAsync(_ => listeners.ForEach(l => l.Close()));
        Volatile.Write(ref _listeners, []);
    }
}
