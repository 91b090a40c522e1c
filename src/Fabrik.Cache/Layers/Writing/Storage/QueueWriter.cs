using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Layers.Writing.Storage;

/// <summary>
/// Lets one at a time to the database. Whoever finds it free does his work and that of all who came meanwhile, in one
/// write: alone nobody waits for another thread, and many share one write (and one wait for the disk).
/// </summary>
/// <remarks>What waits is bounded by its senders, each of which waits for its answer.</remarks>
internal sealed class QueueWriter(QueueStorage storage, ILogger logger)
{
    /// <summary>Commands in one write.</summary>
    private const int MaxGroup = 256;

    /// <summary>Groups that a sender does for others before it hands on.</summary>
    private const int MaxRounds = 4;

    private readonly Lock _lock = new();
    private readonly Queue<QueueCommand> _waiting = new();
    private readonly List<QueueCommand> _group = [];
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isBusy;
    private bool _isClosed;

    /// <summary>
    /// Does a command; false when the database failed or is closed, and nothing of it was written.
    /// </summary>
    public ValueTask<bool> SendAsync(QueueCommand command)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return ValueTask.FromResult(false);
            }

            _waiting.Enqueue(command);
            if (_isBusy)
            {
                return new ValueTask<bool>(command.WaitAsync());
            }

            _isBusy = true;
        }

        // Nobody waited, so it is in the first group, which is done before this returns.
        Work(MaxRounds);
        return ValueTask.FromResult(command.HasSucceeded);
    }

    /// <summary>Takes no more commands, waits for those that are there, and closes the database.</summary>
    public async Task CloseAsync()
    {
        lock (_lock)
        {
            _isClosed = true;
            if (!_isBusy)
            {
                _idle.TrySetResult();
            }
        }

        await _idle.Task;
        storage.Dispose();
    }

    private void Work(int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            lock (_lock)
            {
                while (_group.Count < MaxGroup && _waiting.TryDequeue(out var next))
                {
                    _group.Add(next);
                }

                if (_group.Count == 0)
                {
                    _isBusy = false;
                    if (_isClosed)
                    {
                        _idle.TrySetResult();
                    }

                    return;
                }
            }

            var succeeded = TryDoGroup();
            _group.ForEach(command => command.Complete(succeeded));
            _group.Clear();
        }

        ThreadPool.UnsafeQueueUserWorkItem(static writer => writer.Work(int.MaxValue), this, preferLocal: false);
    }

    private bool TryDoGroup()
    {
        try
        {
            if (!storage.IsUsable())
            {
                return false;
            }

            foreach (var command in _group)
            {
                if (command.ReadsOrders)
                {
                    storage.Transaction!.Commit();
                }

                command.Apply(storage.Database!, storage.Transaction!);
            }

            storage.Transaction!.Commit();
            _group.ForEach(command => command.Written());
            return true;
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            storage.Fail(error);
            return false;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A bug; but whoever waits must not wait for ever.
            UploadLog.Unexpected(logger, "(queue)", error);
            storage.Transaction?.Abandon();
            return false;
        }
    }
}
