using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.SideEffects;
using Fabrik.Memcached.SideEffects.Spool;

namespace Fabrik.Memcached.Proxy;

/// <summary>
/// What side effects have for all loops together: queues of notices, and spools. Those that stay as they are configured
/// outlive a reload, and a spool does as long as its folder is used; what they count goes on as long as an effect keeps
/// its name. For one caller at a time.
/// </summary>
internal sealed class SharedEffects(MemcachedProxyServices services) : IAsyncDisposable
{
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    });

    private Dictionary<NoticeKey, NoticeQueue> _queues = [];
    private Dictionary<NoticeKey, NoticeQueue> _nextQueues = [];
    private Dictionary<string, SpooledDeletes> _spools = new(StringComparer.Ordinal);
    private Dictionary<string, SpooledDeletes> _nextSpools = new(StringComparer.Ordinal);
    private NamedCounters<SendCounters> _notices = new(null);
    private NamedCounters<SendCounters> _nextNotices = new(null);
    private NamedCounters<SpoolCounters> _deletes = new(null);
    private NamedCounters<SpoolCounters> _nextDeletes = new(null);
    private Task[] _ending = [];
    private KeyValuePair<string, SpooledDeletes>[] _named = [];
    private KeyValuePair<string, SpooledDeletes>[] _nextNamed = [];

    /// <summary>What the spools have done, by the names of effects; from any thread.</summary>
    public IEnumerable<(string Name, SpoolCounters Counters)> Spools() =>
        Volatile.Read(ref _named).Select(static pair => (pair.Key, pair.Value.Spool.Counters));

    /// <summary>
    /// Makes what is configured and not there yet. To be followed by one <see cref="CommitAsync"/>, after a failure
    /// too.
    /// </summary>
    /// <returns>Queues and spools by the names of effects.</returns>
    /// <exception cref="ArgumentException">Two effects have the same folder.</exception>
    /// <exception cref="IOException">A folder cannot be written.</exception>
    public (Dictionary<string, NoticeQueue> Queues, Dictionary<string, SpooledDeletes> Spools) Prepare(
        MemcachedProxyOptions options)
    {
        (_nextQueues, _nextSpools) = ([], new Dictionary<string, SpooledDeletes>(StringComparer.Ordinal));
        (_nextNotices, _nextDeletes) =
            (new NamedCounters<SendCounters>(_notices), new NamedCounters<SpoolCounters>(_deletes));
        var queues = new Dictionary<string, NoticeQueue>(StringComparer.Ordinal);
        var spools = new Dictionary<string, SpooledDeletes>(StringComparer.Ordinal);
        foreach (var effect in options.SideEffects)
        {
            if (effect is HttpPostOptions post)
            {
                queues.Add(post.Name, Queue(post));
            }
            else if (effect is WriteEffectOptions { SpoolFolder: { } folder } write)
            {
                spools.Add(write.Name, Spool(write, Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))));
            }
        }

        _nextNamed = [.. spools];
        return (queues, spools);
    }

    /// <summary>What was prepared is in use, or not: the rest ends.</summary>
    public async Task CommitAsync(bool isTaken)
    {
        var (queues, spools) = isTaken ? (_nextQueues, _nextSpools) : (_queues, _spools);
        NoticeQueue[] goneQueues = [.. _queues.Values.Union(_nextQueues.Values).Except(queues.Values)];
        SpooledDeletes[] goneSpools = [.. _spools.Values.Union(_nextSpools.Values).Except(spools.Values)];
        if (isTaken)
        {
            TakeCounters();
        }

        (_queues, _nextQueues, _spools, _nextSpools) = (queues, queues, spools, spools);
        _ending = [.. _ending.Where(static task => !task.IsCompleted),
            .. goneQueues.Select(static queue => queue.DisposeAsync().AsTask())];

        // Awaited: its folder may be used again by the next reload.
        await Task.WhenAll(goneSpools.Select(static spool => spool.DisposeAsync().AsTask()));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        (_nextQueues, _nextSpools) = ([], new Dictionary<string, SpooledDeletes>(StringComparer.Ordinal));
        _nextNamed = [];
        await CommitAsync(isTaken: true);
        await Task.WhenAll(_ending);
        _client.Dispose();
    }

    // A spool that goes on under the name of another effect counts for that one.
    private void TakeCounters()
    {
        (_notices, _deletes) = (_nextNotices, _nextDeletes);
        foreach (var (name, spool) in _nextNamed)
        {
            spool.Spool.Counters = _deletes.Of(name);
        }

        Volatile.Write(ref _named, _nextNamed);
    }

    private NoticeQueue Queue(HttpPostOptions post)
    {
        var counters = _nextNotices.Of(post.Name);
        var key = new NoticeKey(post.Name, post.Url, post.Timeout, post.QueueLimit);
        if (!_queues.TryGetValue(key, out var queue))
        {
            var options = new NoticeOptions { Url = post.Url, Timeout = post.Timeout, QueueLimit = post.QueueLimit };
            queue = new NoticeQueue(options, _client, services.Time, counters);
        }

        _nextQueues.Add(key, queue);
        return queue;
    }

    private SpooledDeletes Spool(WriteEffectOptions write, string folder)
    {
        if (_nextSpools.ContainsKey(folder))
        {
            throw new ArgumentException(
                $"Side effect '{write.Name}' has the folder {folder}, which another one has already.", nameof(write));
        }

        if (!_spools.TryGetValue(folder, out var spool))
        {
            spool = Open(write, folder);
        }

        _nextSpools.Add(folder, spool);
        return spool;
    }

    private SpooledDeletes Open(WriteEffectOptions write, string folder)
    {
        try
        {
            var options = new SpoolOptions { Folder = folder, QueueLimit = write.QueueLimit };
            var log = services.Logs.CreateLogger("Fabrik.Memcached.Spool");
            return new SpooledDeletes(options, services.Time, log, _nextDeletes.Of(write.Name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"side effect '{write.Name}': expected a folder for spool_dir that this process may write to, "
                    + $"found {folder}: {e.Message}",
                e);
        }
    }

    private sealed record NoticeKey(string Name, Uri Url, TimeSpan Timeout, int QueueLimit);
}
