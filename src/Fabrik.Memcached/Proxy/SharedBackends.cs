using Fabrik.Memcached.Backends;
using Fabrik.Memcached.Configuration;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Proxy;

/// <summary>
/// The backends that are no memcached, one for all loops. Those that stay as they are configured outlive a reload.
/// For one caller at a time.
/// </summary>
internal sealed class SharedBackends(MemcachedProxyServices services) : IAsyncDisposable
{
    // Commands end by themselves, by their time limits; at the end of the process they are not all waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ILogger _log = services.Logs.CreateLogger("Fabrik.Memcached.Backends");
    private Dictionary<string, Entry> _current = new(StringComparer.Ordinal);
    private Dictionary<string, Entry> _next = new(StringComparer.Ordinal);
    private Task[] _retiring = [];

    /// <summary>Makes what is configured and not there yet. To be followed by one <see cref="Commit"/>.</summary>
    /// <exception cref="ArgumentException">There is no store for a backend that needs it.</exception>
    public Dictionary<string, IBackend> Prepare(MemcachedProxyOptions options)
    {
        _next = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (var backend in options.Backends.Where(static b => b is HttpBackendOptions or CacheBackendOptions))
        {
            var size = options.Limits.MaxValueSize;
            _next.Add(
                backend.Name,
                _current.TryGetValue(backend.Name, out var known) && known.IsFor(backend, size)
                    ? known
                    : new Entry(backend, size, Make(backend, size)));
        }

        return _next.ToDictionary(static pair => pair.Key, static pair => pair.Value.Backend, StringComparer.Ordinal);
    }

    /// <summary>What was prepared is in use, or not: the rest goes when it has done what it does.</summary>
    public void Commit(bool isTaken)
    {
        var (kept, gone) = isTaken ? (_next, _current) : (_current, _next);
        _retiring = [.. _retiring.Where(static task => !task.IsCompleted),
            .. gone.Values.Except(kept.Values).Select(static entry => RetireAsync(entry.Backend))];
        (_current, _next) = (kept, kept);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _next = new Dictionary<string, Entry>(StringComparer.Ordinal);
        Commit(isTaken: true);
        try
        {
            await Task.WhenAll(_retiring).WaitAsync(Patience, services.Time);
        }
        catch (TimeoutException)
        {
            Log.BackendsBusy(_log, Patience.TotalSeconds);
        }
    }

    private static async Task RetireAsync(IBackend backend)
    {
        await backend.CloseAsync();
        backend.Dispose();
    }

    private IBackend Make(BackendOptions backend, int maxValueSize) => backend switch
    {
        HttpBackendOptions http => new HttpBackend(http, services.Time, maxValueSize),
        CacheBackendOptions cache => new CacheBackend(new CacheBackendParts
        {
            Name = cache.Name,
            Namespace = cache.Namespace,
            Tier = services.Cache
                ?? throw new ArgumentException($"Backend '{cache.Name}' needs a store.", nameof(backend)),
            Time = services.Time,
            Log = _log,
            MaxValueSize = maxValueSize,
        }),
        _ => throw new ArgumentException($"Backend '{backend.Name}' is of an unknown kind.", nameof(backend)),
    };

    private sealed class Entry(BackendOptions options, int maxValueSize, IBackend backend)
    {
        public IBackend Backend => backend;

        public bool IsFor(BackendOptions other, int size) => maxValueSize == size && (options, other) switch
        {
            // Headers are a dictionary, which is equal to itself only.
            (HttpBackendOptions a, HttpBackendOptions b) => a with { Headers = b.Headers } == b
                && a.Headers.Count == b.Headers.Count
                && a.Headers.All(header => b.Headers.TryGetValue(header.Key, out var value) && value == header.Value),
            _ => options == other,
        };
    }
}
