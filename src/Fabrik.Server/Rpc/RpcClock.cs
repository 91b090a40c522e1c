namespace Fabrik.Server.Rpc;

/// <summary>
/// What ends a call from outside of its method: the client, the deadline, and the limit on waiting for the client.
/// </summary>
internal sealed class RpcClock : IDisposable
{
    // A timer's longest time is some 49 days; no call lasts as long.
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(24);

    private readonly CancellationTokenSource _cancellation = new();
    private readonly CancellationTokenRegistration _aborted;
    private readonly TimeProvider _time;
    private readonly TimeSpan _idleTimeout;
    private readonly ITimer? _deadline;
    private readonly Lock _lock = new();
    private ITimer? _watch;
    private bool _isDisposed;
    private long _lastProgress;
    private int _waits;
    private int _end;

    public RpcClock(TimeProvider time, TimeSpan? timeout, TimeSpan idleTimeout, CancellationToken clientGone)
    {
        _time = time;
        _idleTimeout = idleTimeout;
        Deadline = DeadlineAfter(time, timeout);
        _aborted = clientGone.UnsafeRegister(
            static state => ((RpcClock)state!).Finish(RpcEnd.ClientGone), this);
        _deadline = timeout is { } limit && limit < MaxTimeout
            ? time.CreateTimer(
                static state => ((RpcClock)state!).Finish(RpcEnd.DeadlineExceeded),
                this,
                limit,
                Timeout.InfiniteTimeSpan)
            : null;
    }

    /// <summary>When the client gives up, in UTC.</summary>
    public DateTime Deadline { get; }

    /// <summary>Why the call ends early.</summary>
    public RpcEnd End => (RpcEnd)Volatile.Read(ref _end);

    /// <summary>Fires when the call ends early.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>From here on the call waits for its client.</summary>
    public void BeginWait()
    {
        Progress();
        Interlocked.Increment(ref _waits);
        if (Volatile.Read(ref _watch) is null)
        {
            StartWatch();
        }
    }

    /// <summary>The client did what was waited for.</summary>
    public void EndWait()
    {
        Progress();
        Interlocked.Decrement(ref _waits);
    }

    /// <summary>The client sent or took something: one that only listens, or only sends, is not idle.</summary>
    public void Progress() => Volatile.Write(ref _lastProgress, _time.GetTimestamp());

    /// <summary>The client is found to have given up.</summary>
    public void ClientIsGone() => Finish(RpcEnd.ClientGone);

    /// <inheritdoc/>
    public void Dispose()
    {
        _aborted.Dispose();
        _deadline?.Dispose();
        lock (_lock)
        {
            _isDisposed = true;
            _watch?.Dispose();
        }

        // A timer may be firing right now; the source holds nothing that its finalizer would have to give back.
    }

    private void StartWatch()
    {
        // A method may read and write at once, and one that is not awaited may come too late.
        lock (_lock)
        {
            if (_watch is null && !_isDisposed)
            {
                _watch = _time.CreateTimer(
                    static state => ((RpcClock)state!).Watch(), this, _idleTimeout, _idleTimeout / 4);
            }
        }
    }

    // One timer looks every now and then, so that a message costs no change of a timer.
    private void Watch()
    {
        if (Volatile.Read(ref _waits) > 0
            && _time.GetElapsedTime(Volatile.Read(ref _lastProgress)) >= _idleTimeout)
        {
            Finish(RpcEnd.Idle);
        }
    }

    private void Finish(RpcEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, (int)end, (int)RpcEnd.None) == (int)RpcEnd.None)
        {
            _cancellation.Cancel();
        }
    }

    private static DateTime DeadlineAfter(TimeProvider time, TimeSpan? timeout)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return timeout is { } limit && limit < DateTime.MaxValue - now ? now + limit : DateTime.MaxValue;
    }
}
