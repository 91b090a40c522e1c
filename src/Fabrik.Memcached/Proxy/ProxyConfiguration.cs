using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Discovery;
using Fabrik.Memcached.Health;
using Fabrik.Memcached.SideEffects.Spool;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Proxy;

/// <summary>
/// What a proxy is configured to be, and how another configuration takes its place on all loops: it is made as a whole,
/// one at a time, and what was there before goes on until it is.
/// </summary>
internal sealed class ProxyConfiguration : IAsyncDisposable
{
    private readonly SemaphoreSlim _changing = new(1);
    private readonly ILogger _log;
    private readonly IReadOnlyList<ProxyLoop> _loops;
    private readonly ProxyListeners _listeners;
    private readonly ServerAddresses _addresses;
    private readonly HealthMonitor _health;
    private readonly PoolDirectory _directory;
    private readonly SharedBackends _backends;
    private readonly SharedEffects _effects;
    private MemcachedProxyOptions? _configured;
    private MemcachedProxyOptions? _resolved;
    private bool _isClosed;

    /// <summary>Nothing is configured yet. What it is given stays the caller's.</summary>
    public ProxyConfiguration(
        IReadOnlyList<ProxyLoop> loops,
        ProxyListeners listeners,
        ServerAddresses addresses,
        HealthMonitor health,
        MemcachedProxyServices services)
    {
        _log = services.Logs.CreateLogger("Fabrik.Memcached.Proxy");
        (_loops, _listeners, _addresses, _health) = (loops, listeners, addresses, health);
        _directory = new PoolDirectory(new DiscoveryServices
        {
            Time = services.Time,
            Resolver = services.Resolver,
            Log = services.Logs.CreateLogger("Fabrik.Memcached.Discovery"),
            Changed = TakeServersAsync,
        });
        _backends = new SharedBackends(services);
        _effects = new SharedEffects(services);
    }

    /// <summary>How a backend is configured, with the servers that are known now; from any thread.</summary>
    /// <returns>Null if there is none of that name.</returns>
    public BackendOptions? Describe(string backend) =>
        Volatile.Read(ref _resolved)?.Backends.FirstOrDefault(one => one.Name == backend);

    /// <summary>What the spools of side effects have done, by the effect's name; from any thread.</summary>
    public IEnumerable<(string Name, SpoolCounters Counters)> Spools() => _effects.Spools();

    /// <summary>See <see cref="MemcachedProxy.ReloadAsync"/>.</summary>
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

    /// <summary>Changes no more: what is under way ends first. To be called before the loops end.</summary>
    /// <returns>Whether this is the first call.</returns>
    public async Task<bool> CloseAsync()
    {
        if (_isClosed)
        {
            return false;
        }

        _isClosed = true;
        await _changing.WaitAsync();
        await _directory.DisposeAsync();
        return true;
    }

    /// <summary>Lets go of what all loops had together. To be called after the loops have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        // What could not be sent to the end is kept.
        await _effects.DisposeAsync();
        await _backends.DisposeAsync();

        // Not disposed of: a reload that waits for it is to hear that there is nothing to change any more.
        _changing.Release();
    }

    private async Task TakeAsync(MemcachedProxyOptions options, CancellationToken cancellationToken)
    {
        MemcachedProxyOptions resolved;
        ListenerChange? listeners = null;
        var isTaken = false;
        try
        {
            await _directory.ApplyAsync(options, cancellationToken);
            resolved = _directory.Resolve(options) with { Loops = _loops.Count };
            await _addresses.AddAsync(resolved, cancellationToken);
            listeners = _listeners.Bind(options.Listeners);
            await ApplyAsync(resolved);
            isTaken = true;
        }
        finally
        {
            if (!isTaken)
            {
                await ForgetAsync(listeners);
            }
        }

        _configured = options;
        Settle(resolved);
        _backends.Commit(isTaken: true);
        await _effects.CommitAsync(isTaken: true);
        await _listeners.TakeAsync(listeners, options.Limits.MaxClients);
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
    private async Task ForgetAsync(ListenerChange? listeners)
    {
        if (listeners is not null)
        {
            ProxyListeners.Discard(listeners);
        }

        _backends.Commit(isTaken: false);
        await _effects.CommitAsync(isTaken: false);
        if (_configured is { } before)
        {
            await _directory.ApplyAsync(before, CancellationToken.None);
            var resolved = _directory.Resolve(before);
            foreach (var pool in resolved.Backends.OfType<PoolOptions>().Where(IsOfOtherServers))
            {
                await SetServersAsync(pool);
            }

            Settle(resolved);
        }
    }

    private bool IsOfOtherServers(PoolOptions pool) =>
        pool.Discovery is not null
        && Describe(pool.Name) is PoolOptions now
        && !now.Servers.SequenceEqual(pool.Servers);

    private async Task SetServersAsync(PoolOptions pool)
    {
        foreach (var loop in _loops)
        {
            await loop.RunAsync(l => l.SetServers(pool));
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
                await SetServersAsync(pool);
                Settle(resolved);
            }
        }
        finally
        {
            _changing.Release();
        }
    }
}
