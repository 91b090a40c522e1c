using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers.Writing.Sending;
using Fabrik.Cache.Layers.Writing.Storage;
using Fabrik.Cache.Local;
using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Layers.Writing;

/// <summary>
/// Carries what is written locally to the upstreams: a durable queue for each (docs/formats/queue.md), and workers that
/// empty it. An order leaves its queue once the upstream has acknowledged it, so it is carried out at least once.
/// </summary>
public sealed class UploadQueue : IUploads, IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly QueueStorage _storage;
    private readonly QueueWriter _writer;
    private readonly UploadOrphans _orphans;
    private readonly UploadHold _hold;
    private readonly IReadOnlyList<UploadLane> _lanes;
    private readonly IReadOnlyList<QueueLane> _stored;
    private readonly Targets _queued;
    private readonly Targets _queuedDeleting;
    private readonly Targets _sync;
    private readonly Targets _syncDeleting;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isWatched;
    private Task _sweep = Task.CompletedTask;
    private int _isDisposed;

    private UploadQueue(UploadQueueOptions options, TimeProvider time, ILogger logger, Random random)
    {
        _time = time;
        var written = options.Upstreams.Where(upstream => upstream.IsWritten).ToList();
        _storage = new QueueStorage(
            new QueueStorageOptions
            {
                Folder = options.Directory,
                Sync = options.Durability == DurabilityKind.Sync,
                Upstreams = [.. written.Select(upstream => upstream.Options.Name)],
            },
            time,
            logger);
        _writer = new QueueWriter(_storage, logger);
        _orphans = new UploadOrphans(_storage, _writer, options.OrphanTime, (time, logger));
        _hold = new UploadHold(options, time);
        UploadTools tools = new()
        {
            Writer = _writer,
            Uploader = new Uploader(OpenOf(options.Local), time),
            Time = time,
            Random = random,
            Logger = logger,
            Settled = Settled,
        };
        _lanes =
        [
            .. written.Select(upstream => new UploadLane(upstream, _storage.Lane(upstream.Options.Name), tools)),
        ];
        _stored = [.. _lanes.Select(lane => lane.Stored)];
        _queued = new Targets(_lanes.Where(lane => !IsSync(lane)));
        _queuedDeleting = new Targets(_queued.Lanes.Where(lane => !lane.Upstream.Options.Permanent));
        _sync = new Targets(_lanes.Where(IsSync));
        _syncDeleting = new Targets(_sync.Lanes.Where(lane => !lane.Upstream.Options.Permanent));
    }

    /// <summary>What waits and what was done, for each upstream that is written to.</summary>
    public IReadOnlyList<UploadStatistics> Statistics => [.. _lanes.Select(Describe)];

    /// <summary>Orders for upstreams that the configuration does not have any more.</summary>
    public IReadOnlyList<OrphanedUploads> Orphans => _orphans.Reports;

    /// <summary>Why the queue takes no orders now; <see langword="null"/> if it does.</summary>
    public string? Fault => _storage.Fault;

    /// <summary>
    /// Where a damaged queue was set aside since the process started; <see langword="null"/> if none was.
    /// </summary>
    public string? SetAside => _storage.Aside;

    /// <summary>
    /// Opens the queue and starts its workers. It does not fail: a damaged database is set aside, and one that does not
    /// open is tried again every 5 seconds (<see cref="Fault"/>), while the store works on.
    /// </summary>
    /// <param name="options">What it is opened with.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where it logs.</param>
    /// <param name="random">What jitter is made from; it is the queue's alone.</param>
    public static UploadQueue Open(
        UploadQueueOptions options, TimeProvider time, ILoggerFactory logs, Random random)
    {
        ArgumentNullException.ThrowIfNull(options);
        var logger = logs.CreateLogger<UploadQueue>();
        UploadQueue queue = new(options, time, logger, random);
        UploadLog.Opened(logger, options.Directory, queue._stored.Sum(lane => lane.Head.Orders));
        foreach (var lane in queue._lanes)
        {
            lane.Start();
        }

        queue._sweep = Task.Run(() => queue._orphans.RunAsync(queue._stopping.Token));
        return queue;
    }

    /// <summary>Waits until no order waits for an upstream that is configured.</summary>
    public async Task WaitUntilEmptyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task settled;
            lock (_lock)
            {
                _isWatched = true;
                settled = _settled.Task;
            }

            if (_stored.All(lane => lane.Head.Orders <= 0))
            {
                return;
            }

            await settled.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Begins no more uploads, lets those that were begun end until <paramref name="drained"/> is cancelled, then
    /// breaks them off. What waits stays for the next start.
    /// </summary>
    public async Task StopAsync(CancellationToken drained)
    {
        await _stopping.CancelAsync();
        await using (drained.UnsafeRegister(static queue => ((UploadQueue)queue!).Abort(), this))
        {
            await Task.WhenAll(_lanes.Select(lane => lane.StopAsync()));
        }

        await _sweep;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        Abort();
        await StopAsync(CancellationToken.None);
        foreach (var lane in _lanes)
        {
            await lane.DisposeAsync();
        }

        await _writer.CloseAsync();
        _stopping.Dispose();
    }

    /// <inheritdoc/>
    async ValueTask IUploads.EnqueueAsync(UploadOrder order, CancellationToken cancellationToken)
    {
        var targets = order.Operation == UploadOperation.Delete ? _queuedDeleting : _queued;
        if (targets.Lanes.Count == 0)
        {
            return;
        }

        await HoldAsync(order, targets.Lanes);
        if (!await _writer.SendAsync(new AppendCommand(order, targets.Append, Now)))
        {
            foreach (var lane in targets.Lanes)
            {
                lane.Drop(UploadCount.DroppedUnwritable);
            }
        }
    }

    /// <inheritdoc/>
    async ValueTask IUploads.UploadNowAsync(UploadOrder order, CancellationToken cancellationToken)
    {
        var lanes = (order.Operation == UploadOperation.Delete ? _syncDeleting : _sync).Lanes;
        if (lanes.Count > 0)
        {
            await HoldAsync(order, lanes);
            await Task.WhenAll(lanes.Select(lane => lane.UploadNowAsync(order, cancellationToken)));
        }
    }

    /// <inheritdoc/>
    async ValueTask<bool> IUploads.IsDeletingAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        if (_stored.All(lane => lane.Head.Deletions <= 0))
        {
            return false;
        }

        FindDeletionCommand find = new(id, _stored);
        return await _writer.SendAsync(find) && find.IsFound;
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private static OpenArtifact OpenOf(ICacheTier local) =>
        local is LocalStore store ? store.InspectAsync : local.GetAsync;

    private static bool IsSync(UploadLane lane) => lane.Upstream.Options.WriteThrough == WriteThrough.Sync;

    /// <summary>Whether what is queued now waits for so long that it may be evicted before.</summary>
    private static bool IsBehind(UploadLane lane) =>
        !lane.Gate.IsOpen || lane.Stored.Head.Orders > UploadFeeder.MaxBatch;

    /// <summary>Not for the caller to cancel: the local tier has changed already.</summary>
    private ValueTask HoldAsync(UploadOrder order, IReadOnlyList<UploadLane> lanes) =>
        lanes.Any(IsBehind) ? _hold.HoldAsync(order, CancellationToken.None) : ValueTask.CompletedTask;

    private void Abort()
    {
        foreach (var lane in _lanes)
        {
            _ = lane.AbortAsync();
        }
    }

    private void Settled()
    {
        if (!Volatile.Read(ref _isWatched))
        {
            return;
        }

        lock (_lock)
        {
            _isWatched = false;
            _settled.TrySetResult();
            _settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private UploadStatistics Describe(UploadLane lane)
    {
        var head = lane.Stored.Head;
        var counters = lane.Counters;
        var oldest = lane.Window.Oldest;
        return new UploadStatistics
        {
            Upstream = lane.Upstream.Options.Name,
            Depth = Math.Max(0, head.Orders),
            WaitingBytes = Math.Max(0, head.Bytes),
            OldestAge = oldest is { } since ? TimeSpan.FromMilliseconds(Math.Max(0, Now - since)) : TimeSpan.Zero,
            IsPaused = !lane.Gate.IsOpen,
            Uploaded = counters[UploadCount.Uploaded],
            UploadedBytes = counters[UploadCount.UploadedBytes],
            Deleted = counters[UploadCount.Deleted],
            AlreadyThere = counters[UploadCount.AlreadyThere],
            Kept = counters[UploadCount.Kept],
            Lost = counters[UploadCount.Lost],
            FailedTries = counters[UploadCount.FailedTries],
            Dropped =
            [
                new("full", counters[UploadCount.DroppedFull]),
                new("age", counters[UploadCount.DroppedOld]),
                new("refused", counters[UploadCount.DroppedRefused]),
                new("damaged", counters[UploadCount.DroppedDamaged]),
                new("disk", counters[UploadCount.DroppedUnwritable]),
            ],
        };
    }

    /// <summary>The lanes that an order goes to.</summary>
    private sealed class Targets(IEnumerable<UploadLane> lanes)
    {
        public IReadOnlyList<UploadLane> Lanes { get; } = [.. lanes];

        public IReadOnlyList<AppendTarget> Append => field ??= [.. Lanes.Select(lane => lane.Target)];
    }
}
