using Fabrik.Cache.Eviction;
using Fabrik.Cache.Local.Blobs;
using Fabrik.Cache.Local.Commit;
using Fabrik.Cache.Local.Index;
using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Local;

/// <summary>
/// What a store does beside its requests: sweeps orphans after the start, removes what expired, persists accesses, and
/// tries a disk that failed again.
/// </summary>
internal sealed class StoreUpkeep : IAsyncDisposable
{
    /// <summary>How often a failed disk is tried, and expired entries are looked for.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Ticks between two writes of the access records: a minute.</summary>
    private const int AccessTicks = 12;

    /// <summary>Transactions that remove expired entries in a tick, which others may come between.</summary>
    private const int MaxExpireCommands = 64;

    /// <summary>Transactions that write all changes a policy keeps.</summary>
    private const int MaxFlushCommands = (EvictionLimits.MaxPendingChanges / StoreEvictor.MaxFlush) + 1;

    private readonly StoreDatabase _database;
    private readonly StoreState _state;
    private readonly Committer _committer;
    private readonly StoreHealth _health;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stopped;
    private readonly IReadOnlyList<FileInfo> _leftovers;
    private Task _loop = Task.CompletedTask;
    private Task _sweep = Task.CompletedTask;

    public StoreUpkeep(
        StoreDatabase database, StoreState state, Committer committer, (StoreHealth, TimeProvider, ILogger) world)
    {
        _database = database;
        _state = state;
        _committer = committer;
        (_health, _time, _logger) = world;
        _stopped = _stopping.Token;
        _leftovers = state.Files.FindTemporary();
    }

    public void Start()
    {
        EnforceLimit();
        _sweep = Task.Run(SweepAsync);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>The limits changed.</summary>
    public void Reconfigured(bool policyChanged)
    {
        if (policyChanged)
        {
            // The new policy begins with what was written down.
            _ = FlushAccessAsync(CancellationToken.None);
            _ = _committer.SendAsync(new ExclusiveCommand(StartPolicy), CancellationToken.None).AsTask();
        }

        EnforceLimit();
    }

    /// <summary>
    /// Removes files that no record names. A file whose record is not written yet looks like one, so the committer
    /// looks again between two transactions, where every file has its record.
    /// </summary>
    public async Task<int> SweepAsync()
    {
        var count = 0;
        try
        {
            foreach (var file in _leftovers.Concat(_state.Files.FindBlobs()))
            {
                _stopped.ThrowIfCancellationRequested();
                if (IsOrphan(file))
                {
                    var removed = await _committer.SendAsync(
                        new ExclusiveCommand(() => RemoveOrphan(file)), _stopped);
                    count += removed.TryGet(out var isRemoved, out _) && isRemoved ? 1 : 0;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return count;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LocalStoreLog.UpkeepFailed(_logger, error);
        }

        if (count > 0)
        {
            LocalStoreLog.OrphansRemoved(_logger, count);
        }

        return count;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_loop, _sweep);
        await FlushAccessAsync(CancellationToken.None);
        _stopping.Dispose();
    }

    /// <summary>Below a limit that was lowered; what one transaction does not evict, the next tick's does.</summary>
    private void EnforceLimit()
    {
        if (_state.Counters.StoredBytes > _state.Options.MaxSize)
        {
            _ = _committer.SendAsync(new EvictCommand(_state.Options.MaxSize), CancellationToken.None).AsTask();
        }
    }

    private bool RemoveOrphan(FileInfo file)
    {
        try
        {
            file.Refresh();
            if (!file.Exists || !IsOrphan(file))
            {
                return false;
            }

            file.Delete();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LocalStoreLog.UpkeepFailed(_logger, error);
            return false;
        }
    }

    private bool IsOrphan(FileInfo file)
    {
        if (!BlobFiles.TryParse(file.Name, out var digest, out var number))
        {
            return true;
        }

        using var session = _database.Enter();
        if (session is null)
        {
            return false;
        }

        if (!session.Database.TryGet(StoreFamilies.Blobs, digest.Bytes, out var value))
        {
            return true;
        }

        using (value)
        {
            return BlobRecord.Read(value.Bytes)?.Place.Number != number;
        }
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval, _time);
        for (var tick = 1; ; tick++)
        {
            try
            {
                if (!await timer.WaitForNextTickAsync(_stopped))
                {
                    return;
                }

                await TickAsync(tick);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                LocalStoreLog.UpkeepFailed(_logger, error);
            }
        }
    }

    /// <summary>What is done at every tick.</summary>
    public async Task TickAsync(int tick)
    {
        if (_health.State != WriteState.Ok || _database.IsClosed)
        {
            await _committer.SendAsync(new ExclusiveCommand(TryHeal), _stopped);
            return;
        }

        // A read is dated when it leaves the journal: to the accuracy of a tick.
        _state.Evictor.DrainReads();
        for (var i = 0; i < MaxExpireCommands; i++)
        {
            var expired = await _committer.SendAsync(new ExpireCommand(), _stopped);
            if (!expired.TryGet(out var count, out _) || count < ExpireCommand.MaxEntries)
            {
                break;
            }
        }

        EnforceLimit();
        if (tick % AccessTicks == 0)
        {
            await FlushAccessAsync(_stopped);
        }
    }

    /// <summary>Writes down what is known of reads, in transactions of bounded length.</summary>
    private async Task FlushAccessAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < MaxFlushCommands; i++)
        {
            var flushed = await _committer.SendAsync(new FlushAccessCommand(), cancellationToken);
            if (!flushed.TryGet(out var count, out _) || count < StoreEvictor.MaxFlush)
            {
                return;
            }
        }
    }

    /// <summary>Writes a small file and the index; what fails leaves the state as it is.</summary>
    private bool TryHeal()
    {
        var number = BlobFiles.NewNumber();
        try
        {
            using (var file = _state.Files.Create(number))
            {
                RandomAccess.Write(file, new byte[4096], fileOffset: 0);
                RandomAccess.FlushToDisk(file);
            }

            _state.Evictor.Dispose();
            if (!_database.TryReopen())
            {
                return false;
            }

            _state.Hot.Clear();
            _state.Counters = _database.ReadCounters();
            StartPolicy();
            _health.Recovered();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _health.Failed(error);
            return false;
        }
        finally
        {
            _state.Files.Discard(number);
        }
    }

    /// <summary>Begins the order of eviction anew from what the index knows.</summary>
    private bool StartPolicy()
    {
        _state.Evictor.Start(_state.Options.EvictionPolicy, new PolicyLoader(_database.Current));
        return true;
    }
}
