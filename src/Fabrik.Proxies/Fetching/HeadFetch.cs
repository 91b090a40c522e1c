using System.Diagnostics.CodeAnalysis;

namespace Fabrik.Proxies.Fetching;

/// <summary>
/// One request to an origin that any number of clients wait for. It is cancelled when the last of them leaves, and what
/// it brought is let go of when the last has begun to read.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer holds nothing.")]
internal sealed class HeadFetch
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource<FetchOutcome> _outcome =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _interest = 1;
    private bool _isOver;

    /// <summary>Ends the request.</summary>
    public CancellationToken End => _end.Token;

    /// <summary>Joins those who wait; false when it is too late.</summary>
    public bool TryJoin()
    {
        lock (_lock)
        {
            if (_isOver || _interest == 0)
            {
                return false;
            }

            _interest++;
            return true;
        }
    }

    /// <summary>Waits for the outcome; <see cref="LeaveAsync"/> follows in any case.</summary>
    public Task<FetchOutcome> WaitAsync(CancellationToken cancellationToken) =>
        _outcome.Task.WaitAsync(cancellationToken);

    /// <summary>Here it is.</summary>
    public ValueTask CompleteAsync(FetchOutcome outcome)
    {
        bool isUnwanted;
        lock (_lock)
        {
            _isOver = true;
            isUnwanted = _interest == 0;
        }

        _outcome.SetResult(outcome);
        return isUnwanted ? outcome.DisposeAsync() : ValueTask.CompletedTask;
    }

    /// <summary>It ended without an outcome: cancelled, or by a bug.</summary>
    public void Fail(Exception error)
    {
        lock (_lock)
        {
            _isOver = true;
        }

        _outcome.TrySetException(error);
        _ = _outcome.Task.Exception;
    }

    /// <summary>Waits no more, or has what is needed.</summary>
    public async ValueTask LeaveAsync()
    {
        bool isLast, isOver;
        lock (_lock)
        {
            isLast = --_interest == 0;
            isOver = _isOver;
        }

        if (!isLast)
        {
            return;
        }

        if (!isOver)
        {
            await _end.CancelAsync();
        }
        else if (_outcome.Task.IsCompletedSuccessfully)
        {
            await (await _outcome.Task).DisposeAsync();
        }
    }
}
