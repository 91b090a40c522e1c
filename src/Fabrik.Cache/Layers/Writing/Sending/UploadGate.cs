using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Layers.Writing.Sending;

/// <summary>What an operation told of its upstream.</summary>
internal enum UpstreamSign
{
    /// <summary>Nothing: it was not asked.</summary>
    None,

    /// <summary>It answers.</summary>
    Answers,

    /// <summary>It is not there, overloaded, or takes nothing from us.</summary>
    Fails,
}

/// <summary>
/// Lets nobody to an upstream that fails, for a time that doubles; then one, and all once that one is answered. So an
/// outage costs one request a minute, however many orders wait, and none of them is blamed for it.
/// </summary>
internal sealed class UploadGate : IDisposable
{
    private readonly Lock _lock = new();
    private readonly UploadBackoff _backoff;
    private readonly ITimer _timer;
    private readonly ILogger _logger;
    private readonly string _upstream;
    private TaskCompletionSource _changed = NewSignal();
    private int _failures;
    private int _pauses;
    private bool _isClosed;
    private bool _isProbing;

    public UploadGate(string upstream, UploadBackoff backoff, TimeProvider time, ILogger logger)
    {
        _upstream = upstream;
        _backoff = backoff;
        _logger = logger;
        _timer = time.CreateTimer(
            static gate => ((UploadGate)gate!).EndPause(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the last operations were answered.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock)
            {
                return _failures == 0;
            }
        }
    }

    /// <summary>Waits until the upstream may be asked. The caller leaves with the pass that it gets.</summary>
    public async ValueTask<int> EnterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_failures == 0)
                {
                    return _pauses;
                }

                if (!_isClosed && !_isProbing)
                {
                    _isProbing = true;
                    return _pauses;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Whether the upstream may be asked now; then the caller leaves with the pass.</summary>
    public bool TryEnter(out int pass)
    {
        lock (_lock)
        {
            pass = _pauses;
            return _failures == 0;
        }
    }

    /// <summary>Tells how it went.</summary>
    public void Leave(int pass, UpstreamSign sign, string? reason)
    {
        lock (_lock)
        {
            switch (sign)
            {
                case UpstreamSign.Answers when _failures > 0:
                    Open();
                    break;

                // Who began before the pause tells nothing new.
                case UpstreamSign.Fails when pass == _pauses:
                    Pause(reason);
                    break;
                case UpstreamSign.None when pass == _pauses && _isProbing:
                    _isProbing = false;
                    Signal();
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Open()
    {
        _failures = 0;
        _pauses++;
        _isClosed = _isProbing = false;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        UploadLog.Resumed(_logger, _upstream);
        Signal();
    }

    private void Pause(string? reason)
    {
        _failures++;
        _pauses++;
        _isClosed = true;
        _isProbing = false;
        var pause = _backoff.After(_failures, UploadBackoff.Upstream);
        if (_failures == 1)
        {
            UploadLog.Paused(_logger, _upstream, pause, reason ?? "no reason given");
        }

        _timer.Change(pause, Timeout.InfiniteTimeSpan);
    }

    private void EndPause()
    {
        lock (_lock)
        {
            _isClosed = false;
            Signal();
        }
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
