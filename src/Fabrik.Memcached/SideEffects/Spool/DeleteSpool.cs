using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.SideEffects.Spool;

/// <summary>
/// Keeps the deletes that a target did not get, in files, and repeats them in order when it is back. One for each
/// target, for all loops.
/// </summary>
/// <remarks>
/// To delete twice does no harm. A key that was stored again before its delete is repeated loses a value that was good:
/// it is missed once, and never wrong. A crash may repeat deletes that were repeated already, and loses those that were
/// not written yet. While the disk fails they wait in memory, no more of them than may be queued, and are written when
/// it is well again.
/// </remarks>
internal sealed class DeleteSpool : IAsyncDisposable
{
    private const int Batch = 256;

    private readonly SpoolOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<byte[], CancellationToken, Task<bool>> _delete;
    private readonly Channel<byte[]> _queue;
    private readonly SpoolLog _log;
    private readonly SpoolFaults _faults;
    private readonly Backoff _writing;
    private readonly Backoff _replaying;
    private readonly List<byte[]> _batch = new(Batch);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private volatile SpoolCounters _counters;
    private long _droppedKeys;

    /// <summary>Opens the folder, and begins to repeat what is in it.</summary>
    /// <param name="options">Where, and how much.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where it tells that the disk fails.</param>
    /// <param name="counters">Where it counts, until it is told otherwise.</param>
    /// <param name="delete">Deletes a key at the target; whether that answered.</param>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be used.</exception>
    public DeleteSpool(
        SpoolOptions options,
        TimeProvider time,
        ILogger log,
        SpoolCounters counters,
        Func<byte[], CancellationToken, Task<bool>> delete)
    {
        _counters = counters;
        _options = options;
        _time = time;
        _delete = delete;
        _log = new SpoolLog(options);
        _faults = new SpoolFaults(options, time, log);
        (_writing, _replaying) = (new Backoff(options, time), new Backoff(options, time));
        _queue = Channel.CreateBounded<byte[]>(
            new BoundedChannelOptions(options.QueueLimit) { SingleReader = true });
        _running = Task.Run(RunAsync);
    }

    /// <summary>Where it counts from now on.</summary>
    public SpoolCounters Counters
    {
        get => _counters;
        set => _counters = value;
    }

    /// <summary>Keeps a key; from any thread. It is dropped, and counted, where too many wait.</summary>
    public bool TryAdd(ReadOnlySpan<byte> key)
    {
        if (key.Length is > 0 and <= SpoolRecord.MaxKeyLength && _queue.Writer.TryWrite(key.ToArray()))
        {
            return true;
        }

        Interlocked.Increment(ref _counters.Dropped);
        return false;
    }

    /// <summary>Writes what waits, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _stopping.CancelAsync();
        await _running;
        _log.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            if (_writing.IsDue)
            {
                WriteWaiting();
            }

            try
            {
                var isEmpty = await ReplayAsync();
                CountDropped();
                await WaitAsync(isEmpty);
            }
            catch (OperationCanceledException)
            {
                // Either it stops, or it is time to try again.
            }
        }

        WriteWaiting();
        CountDropped();
        LoseWaiting();
    }

    private void CountDropped()
    {
        var dropped = _log.DroppedKeys;
        Interlocked.Add(ref _counters.Dropped, dropped - _droppedKeys);
        _droppedKeys = dropped;
    }

    private void Note(Exception exception)
    {
        Interlocked.Increment(ref _counters.Faults);
        _faults.Add(exception);
    }

    // What cannot be written stays where it is: no more is taken from the queue, which has a limit.
    private void WriteWaiting()
    {
        do
        {
            while (_batch.Count < Batch && _queue.Reader.TryRead(out var key))
            {
                _batch.Add(key);
            }
        }
        while (_batch.Count > 0 && TryWrite());
    }

    private bool TryWrite()
    {
        try
        {
            _log.Append(_batch);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Note(e);
            _writing.Fail();
            return false;
        }

        Interlocked.Add(ref _counters.Kept, _batch.Count);
        _batch.Clear();
        _writing.Succeed();
        return true;
    }

    private void LoseWaiting()
    {
        long lost = _batch.Count;
        while (_queue.Reader.TryRead(out _))
        {
            lost++;
        }

        Interlocked.Add(ref _counters.Dropped, lost);
        if (lost > 0)
        {
            _faults.Lose(lost);
        }
    }

    // Whether nothing is left; otherwise there may be a time of the next try.
    private async Task<bool> ReplayAsync()
    {
        if (!_replaying.IsDue)
        {
            return false;
        }

        try
        {
            var isEmpty = await ReplayBatchAsync();
            if (!_writing.HasFailed)
            {
                _faults.Clear();
            }

            return isEmpty;
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            // Whatever it is, the deletes that wait are not to wait for ever.
            Note(e);
            _replaying.Fail();
            return false;
        }
    }

    private async Task<bool> ReplayBatchAsync()
    {
        for (var i = 0; i < Batch; i++)
        {
            if (!TryPeek(out var key))
            {
                _replaying.Succeed();
                return true;
            }

            if (!await _delete(key, _stopping.Token))
            {
                _replaying.Fail();
                return false;
            }

            _replaying.Succeed();
            _log.Advance();
            Interlocked.Increment(ref _counters.Replayed);
        }

        return false;
    }

    private bool TryPeek(out byte[] key)
    {
        var isThere = _log.TryPeek(out var found);
        key = found.ToArray();
        return isThere;
    }

    private async Task WaitAsync(bool isEmpty)
    {
        var limit = isEmpty ? Timeout.InfiniteTimeSpan : _replaying.Left;
        if (_writing.HasFailed)
        {
            // The queue is not waited for: what is in it stays there.
            limit = isEmpty || _writing.Left < limit ? _writing.Left : limit;
            if (limit > TimeSpan.Zero)
            {
                await Task.Delay(limit, _time, _stopping.Token);
            }
        }
        else if (isEmpty || limit > TimeSpan.Zero)
        {
            using var timeout = new CancellationTokenSource(limit, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping.Token);
            await _queue.Reader.WaitToReadAsync(either.Token);
        }
    }
}
