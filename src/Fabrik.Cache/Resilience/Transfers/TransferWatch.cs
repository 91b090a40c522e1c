namespace Fabrik.Cache.Resilience.Transfers;

/// <summary>
/// Watches the upstream's side of a transfer. While the other side is waited for (a client that reads slowly, a body
/// that comes slowly) the watch is paused: that time is not the upstream's, and nothing is given up in it.
/// </summary>
/// <remarks>
/// Pausing is also the right to touch what belongs to the other side. Once a transfer is given up there is no pausing
/// any more, so that an upstream that goes on nevertheless cannot touch what is not its own.
/// </remarks>
internal sealed class TransferWatch : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TransferLimits _limits;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<TransferEnd> _givenUp = new();
    private readonly long _started;
    private ITimer? _timer;
    private TransferEnd? _end;
    private bool _hasEnded;
    private bool _isPaused;
    private bool _isCheckDue;
    private bool _hasRate;
    private long _bytes;
    private long _lastProgress;
    private long _pausedAt;
    private long _paused;
    private TimeSpan _windowStart;
    private long _windowBytes;
    private double _credit;

    public TransferWatch(TransferLimits limits, TimeProvider time)
    {
        _limits = limits;
        _time = time;
        _started = _lastProgress = time.GetTimestamp();
        _hasRate = limits.MinRate > 0;
    }

    /// <summary>Ends when the transfer is given up; never where it is not.</summary>
    public Task<TransferEnd> GivenUp => _givenUp.Task;

    /// <summary>Bytes moved.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>How long the upstream was the one that was waited for.</summary>
    public TimeSpan Active
    {
        get
        {
            lock (_gate)
            {
                return ActiveAt(_time.GetTimestamp());
            }
        }
    }

    /// <summary>Begins to give up; not needed for a transfer that ends at once.</summary>
    public void Start()
    {
        lock (_gate)
        {
            _timer = _time.CreateTimer(
                static watch => ((TransferWatch)watch!).Check(), this, NextCheck(_started), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>
    /// The other side's turn; false once the transfer is given up, and then its side is not to be touched.
    /// </summary>
    public bool TryPause()
    {
        lock (_gate)
        {
            if (_hasEnded)
            {
                return false;
            }

            _isPaused = true;
            _pausedAt = _time.GetTimestamp();
            return true;
        }
    }

    /// <summary>The upstream's turn again.</summary>
    /// <param name="bytes">Bytes that it moved.</param>
    public void Resume(long bytes)
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            _paused += now - _pausedAt;
            _isPaused = false;
            _bytes += bytes;
            _lastProgress = now;
            _hasEnded = _end is not null;
            if (_isCheckDue && !_hasEnded)
            {
                _isCheckDue = false;
                _timer?.Change(NextCheck(now), Timeout.InfiniteTimeSpan);
            }
        }

        Announce();
    }

    /// <summary>The upstream moved bytes, and it is still its turn.</summary>
    public void Progress(long bytes)
    {
        lock (_gate)
        {
            _bytes += bytes;
            _lastProgress = _time.GetTimestamp();
        }
    }

    /// <summary>All bytes are with the upstream: only the idle limit holds while it puts them away.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            _hasRate = false;
            _lastProgress = _time.GetTimestamp();
        }
    }

    /// <summary>Gives the transfer up; during the other side's turn, as soon as that is over.</summary>
    public void End(TransferEnd reason)
    {
        lock (_gate)
        {
            _end ??= reason;
            _hasEnded = !_isPaused;
        }

        Announce();
    }

    /// <summary>Whether the transfer is given up, and why.</summary>
    public bool HasEnded(out TransferEnd reason)
    {
        lock (_gate)
        {
            reason = _end.GetValueOrDefault();
            return _end is not null;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _timer?.Dispose();
        }
    }

    private void Check()
    {
        lock (_gate)
        {
            if (_hasEnded)
            {
                return;
            }

            if (_isPaused)
            {
                _isCheckDue = true;
                return;
            }

            var now = _time.GetTimestamp();
            _end ??= Judge(now);
            _hasEnded = _end is not null;
            if (!_hasEnded)
            {
                _timer!.Change(NextCheck(now), Timeout.InfiniteTimeSpan);
            }
        }

        Announce();
    }

    private TransferEnd? Judge(long now)
    {
        if (_time.GetElapsedTime(_lastProgress, now) >= _limits.Idle)
        {
            return TransferEnd.Idle;
        }

        var active = ActiveAt(now);
        var window = active - _windowStart;
        if (!_hasRate || window < GuardLimits.RateWindow)
        {
            return null;
        }

        _credit += _bytes - _windowBytes - (_limits.MinRate * window.TotalSeconds);
        if (_credit < 0)
        {
            return TransferEnd.Slow;
        }

        _credit = Math.Min(_credit, _limits.Credit);
        _windowStart = active;
        _windowBytes = _bytes;
        return null;
    }

    private TimeSpan NextCheck(long now)
    {
        var next = _limits.Idle - _time.GetElapsedTime(_lastProgress, now);
        if (_hasRate)
        {
            var window = _windowStart + GuardLimits.RateWindow - ActiveAt(now);
            next = window < next ? window : next;
        }

        // Timers count whole milliseconds, and may be early by a part of one.
        var least = TimeSpan.FromMilliseconds(1);
        return next > least ? next : least;
    }

    private TimeSpan ActiveAt(long now) =>
        _time.GetElapsedTime(_started, now - _paused - (_isPaused ? now - _pausedAt : 0));

    // Outside of the lock: whoever waits goes on right here.
    private void Announce()
    {
        if (_hasEnded && _end is { } end)
        {
            _givenUp.TrySetResult(end);
        }
    }
}
