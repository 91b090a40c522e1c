using System.Net;
using Fabrik.Memcached.Clients;
using Fabrik.Memcached.Configuration;
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

    private readonly MemcachedProxyServices _services;
    private readonly ILogger _log;
    private readonly ProxyLoop[] _loops;
    private readonly ClientAdmission _admission;
    private readonly ServerAddresses _addresses;
    private readonly HealthMonitor _health;
    private readonly ProxyListeners _listeners;
    private readonly ProxyConfiguration _configuration;

    private MemcachedProxy(MemcachedProxyOptions options, MemcachedProxyServices services)
    {
        _services = services;
        _log = services.Logs.CreateLogger("Fabrik.Memcached.Proxy");
        _addresses = new ServerAddresses(services.Time, services.Resolver);
        _health = new HealthMonitor(new HealthServices
        {
            Time = services.Time,
            Log = services.Logs.CreateLogger("Fabrik.Memcached.Health"),
        });
        _loops = [.. Enumerable.Range(0, options.Loops).Select(MakeLoop)];
        _admission = new ClientAdmission([.. _loops.Select(static loop => loop.Scope)], _log)
        {
            MaxClients = options.Limits.MaxClients,
        };
        _listeners = new ProxyListeners(_loops[0], _admission, _log);
        _configuration = new ProxyConfiguration(_loops, _listeners, _addresses, _health, services);
        Statistics = new ProxyStatistics(_loops, _admission, services.Time);
        Warming = new WarmingService(new WarmingParts
        {
            Loops = [.. _loops.Select(static loop => loop.Loop)],
            Find = (name, loop) => _loops.First(one => one.Loop == loop).Find(name),
            Describe = _configuration.Describe,
            Time = services.Time,
        });
    }

    /// <summary>Copies keys between its backends; jobs outlive a reload.</summary>
    public WarmingService Warming { get; }

    /// <summary>How its servers do; none where somebody else watches them.</summary>
    public IReadOnlyList<ServerHealth> Health => _health.Servers;

    /// <summary>Where it listens, in the order of the configuration.</summary>
    public IReadOnlyList<EndPoint> Listeners => _listeners.EndPoints;

    /// <summary>Its loops.</summary>
    public IReadOnlyList<ProxyLoop> Loops => _loops;

    /// <summary>What they have counted.</summary>
    public ProxyStatistics Statistics { get; }

    /// <summary>Clients that are connected.</summary>
    public int Clients => _admission.Clients;

    /// <summary>What the spools of side effects have done, by the effect's name.</summary>
    public IEnumerable<(string Name, SpoolCounters Counters)> Spools() => _configuration.Spools();

    /// <summary>Begins to serve.</summary>
    /// <exception cref="ListenException">An address cannot be bound.</exception>
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
    /// <exception cref="ListenException">
    /// An address cannot be bound; nothing has changed.
    /// </exception>
    /// <exception cref="ArgumentException">What is configured cannot be made; nothing has changed.</exception>
    /// <exception cref="IOException">A file or a folder cannot be used; nothing has changed.</exception>
    /// <exception cref="UnauthorizedAccessException">
    /// A file or a folder may not be used; nothing has changed.
    /// </exception>
    public Task ReloadAsync(MemcachedProxyOptions options, CancellationToken cancellationToken) =>
        _configuration.ReloadAsync(options, cancellationToken);

    /// <summary>Accepts no more clients, and lets those that are there have the answers they wait for.</summary>
    /// <param name="timeout">How long that may take; who is left then is cut off.</param>
    public async Task DrainAsync(TimeSpan timeout)
    {
        await _listeners.StopAsync();
        foreach (var loop in _loops)
        {
            await loop.RunAsync(static l => l.DrainClients());
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
        if (!await _configuration.CloseAsync())
        {
            return;
        }

        await EndAsync(_listeners.StopAsync);
        await EndAsync(() => Warming.DisposeAsync().AsTask());
        foreach (var loop in _loops)
        {
            await EndAsync(() => loop.RunAsync(static l => l.Close()));
            loop.Loop.Dispose();
        }

        await EndAsync(() => _configuration.DisposeAsync().AsTask());
        await EndAsync(() => _health.DisposeAsync().AsTask());
        await EndAsync(() => _addresses.DisposeAsync().AsTask());
    }

    /// <inheritdoc/>
    public byte[]? Stats(ReadOnlySpan<byte> topic, MemcachedProtocol protocol, uint opaque) =>
        Statistics.Write(topic, protocol, opaque);

    // Each part ends, although another one could not.
    private async Task EndAsync(Func<Task> part)
    {
        try
        {
            await part();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Proxy.Log.EndFailed(_log, e);
        }
    }

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

    private async Task<bool> HasEffectsAsync()
    {
        var outstanding = 0;
        foreach (var loop in _loops)
        {
            await loop.RunAsync(l => outstanding += l.Effects.Sum(static effect => effect.Outstanding));
        }

        return outstanding > 0;
    }
}
