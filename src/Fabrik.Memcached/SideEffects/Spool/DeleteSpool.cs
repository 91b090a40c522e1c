using System.Threading.Channels;

namespace Fabrik.Memcached.SideEffects.Spool;

/// <summary>
/// Keeps the deletes that a target did not get, in files, and repeats them in order when it is back. One for each
/// target, for all loops.
/// </summary>
/// <remarks>
/// To delete twice does no harm. A key that was stored again before its delete is repeated loses a value that was good:
/// it is missed once, and never wrong. A crash may repeat deletes that were repeated already, and loses those that were
/// not written yet.
/// </remarks>
internal sealed class DeleteSpool : IAsyncDisposable
{
    private const int Batch = 256;

    private readonly SpoolOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<byte[], CancellationToken, Task<bool>> _delete;
    private readonly Channel<byte[]> _queue;
    private readonly SpoolLog _log;
    private readonly List<byte[]> _batch = new(Batch);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private volatile SpoolCounters _counters = new();
    private TimeSpan _pause;
    private long _retryAt;

    /// <summary>Opens the folder, and begins to repeat what is in it.</summary>
    /// <param name="options">Where, and how much.</param>
    /// <param name="time">The clock.</param>
    /// <param name="delete">Deletes a key at the target; whether that answered.</param>
    public DeleteSpool(SpoolOptions options, TimeProvider time, Func<byte[], CancellationToken, Task<bool>> delete)
    {
        _options = options;
        _time = time;
        _delete = delete;
        _log = new SpoolLog(options);
        _queue = Channel.CreateBounded<byte[]>(
            new BoundedChannelOptions(options.QueueLimit) { SingleReader = true });
        _retryAt = time.GetTimestamp();
        _running = Task.Run(RunAsync);
    }

    /// <summary>Where it counts from now on: its own, until it is told otherwise.</summary>
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
            WriteWaiting();
            try
            {
                var isEmpty = await ReplayAsync();
                await WaitAsync(isEmpty ? null : _time.GetElapsedTime(_time.GetTimestamp(), _retryAt));
            }
            catch (OperationCanceledException)
            {
                // Either it stops, or it is time to try again.
            }
            catch (Exception e) when (IsOfDisk(e))
            {
                BackOff();
            }
        }

        WriteWaiting();
    }

    private static bool IsOfDisk(Exception e) => e is IOException or UnauthorizedAccessException;

    private void WriteWaiting()
    {
        while (_queue.Reader.TryRead(out var key))
        {
            _batch.Add(key);
            if (_batch.Count == Batch)
            {
                Write();
            }
        }

        Write();
    }

    private void Write()
    {
        if (_batch.Count == 0)
        {
            return;
        }

        try
        {
            var before = _log.DroppedKeys;
            _log.Append(_batch);
            Interlocked.Add(ref _counters.Kept, _batch.Count);
            Interlocked.Add(ref _counters.Dropped, _log.DroppedKeys - before);
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            Interlocked.Add(ref _counters.Dropped, _batch.Count);
        }

        _batch.Clear();
    }

    // Whether nothing is left; otherwise the time of the next try is set.
    private async Task<bool> ReplayAsync()
    {
        if (_time.GetTimestamp() < _retryAt)
        {
            return _log.Keys == 0;
        }

        for (var i = 0; i < Batch; i++)
        {
            if (!TryPeek(out var key))
            {
                return true;
            }

            if (!await _delete(key, _stopping.Token))
            {
                BackOff();
                return false;
            }

            _pause = TimeSpan.Zero;
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

    private void BackOff()
    {
        _pause = _pause == TimeSpan.Zero ? _options.FirstRetry : _pause * 2;
        _pause = _pause > _options.MaxRetry ? _options.MaxRetry : _pause;
        _retryAt = _time.GetTimestamp() + (long)(_pause.TotalSeconds * _time.TimestampFrequency);
    }

    private async Task WaitAsync(TimeSpan? atMost)
    {
        if (atMost <= TimeSpan.Zero)
        {
            return;
        }

        using var timeout = new CancellationTokenSource(atMost ?? Timeout.InfiniteTimeSpan, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping.Token);
        await _queue.Reader.WaitToReadAsync(either.Token);
    }
}
