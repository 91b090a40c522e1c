using System.Threading.Channels;
using Fabrik.Cache.Local.Index;
using Fabrik.Cache.Native.RocksDb;
using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Local.Commit;

/// <summary>
/// The one writer. Commands queue up here; as many as are waiting share one transaction, and so one write (and with
/// <see cref="DurabilityKind.Sync"/> one wait for the disk): group commit. Between commands it loads the eviction
/// policy.
/// </summary>
internal sealed class Committer(StoreDatabase database, StoreState state, StoreHealth health, ILogger logger)
{
    /// <summary>Commands that wait at most; senders wait for a place.</summary>
    private const int QueueLength = 1024;

    /// <summary>Commands in a transaction: more would make the first wait for the last.</summary>
    private const int MaxGroup = 128;

    /// <summary>Bytes in a transaction.</summary>
    private const long MaxGroupWeight = 4 * 1024 * 1024;

    private readonly Channel<StoreCommand> _queue = Channel.CreateBounded<StoreCommand>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true });

    private readonly List<StoreCommand> _group = [];
    private Task _loop = Task.CompletedTask;

    /// <summary>Starts the loop.</summary>
    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Queues a command and waits for its answer.</summary>
    public async ValueTask<CacheResult<T>> SendAsync<T>(StoreCommand<T> command, CancellationToken cancellationToken)
    {
        try
        {
            await _queue.Writer.WriteAsync(command, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            command.Fail(CacheError.Internal(CacheErrorKind.ShuttingDown, "the caller no longer waits"));
            throw;
        }
        catch (ChannelClosedException)
        {
            var error = StoreFaults.Closing();
            command.Fail(error);
            return error;
        }

        // From here on it happens; who no longer waits does not stop it.
        return await command.Done;
    }

    /// <summary>Takes no more commands, and ends when those that wait are done.</summary>
    public async Task StopAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
    }

    private async Task RunAsync()
    {
        while (true)
        {
            // While there is nothing to write, bring old entries into the policy; a step takes milliseconds.
            while (_group.Count == 0 && !_queue.Reader.TryPeek(out _) && TryLoadSome())
            {
            }

            if (_group.Count == 0 && !await _queue.Reader.WaitToReadAsync())
            {
                return;
            }

            Collect();
            if (_group is [ExclusiveCommand alone])
            {
                _group.Clear();
                alone.Run();
            }
            else
            {
                Execute();
            }
        }
    }

    private bool TryLoadSome()
    {
        try
        {
            return state.Evictor.LoadSome();
        }
        catch (Exception error) when (error is RocksDbException or InvalidDataException)
        {
            LocalStoreLog.LoadFailed(logger, error);
            return false;
        }
    }

    /// <summary>Fills the group, behind what the last transaction left of it.</summary>
    private void Collect()
    {
        var weight = _group.Sum(command => command.Weight);
        while (_group.Count < MaxGroup && weight < MaxGroupWeight && _queue.Reader.TryPeek(out var next))
        {
            if (next is ExclusiveCommand && _group.Count > 0)
            {
                return;
            }

            _queue.Reader.TryRead(out _);
            _group.Add(next);
            weight += next.Weight;
            if (next is ExclusiveCommand)
            {
                return;
            }
        }
    }

    private void Execute()
    {
        if (database.IsClosed)
        {
            FailAll(CacheError.Internal(CacheErrorKind.Unavailable, "the index of the store is being opened anew"));
            return;
        }

        using var batch = new RocksBatch();
        var transaction = new StoreTransaction(database.Current, batch, state);
        try
        {
            var applied = Apply(transaction);
            if (transaction.HasChanges)
            {
                transaction.Commit();
            }

            state.Counters = transaction.Counters;
            _group[..applied].ForEach(command => command.Succeed());
            _group.RemoveRange(0, applied);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            transaction.Abandon();
            health.Failed(error);
            FailAll(StoreFaults.ToError(error));
        }
    }

    /// <summary>Applies commands up to one that has to wait for what those before it did.</summary>
    private int Apply(StoreTransaction transaction)
    {
        for (var i = 0; i < _group.Count; i++)
        {
            _group[i].Apply(transaction, state);
            if (_group[i].MustRetry)
            {
                return i;
            }
        }

        return _group.Count;
    }

    private void FailAll(CacheError error)
    {
        _group.ForEach(command => command.Fail(error));
        _group.Clear();
    }
}
