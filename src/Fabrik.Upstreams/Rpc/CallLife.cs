using System.Diagnostics.CodeAnalysis;
using Fabrik.Wire.Grpc;

namespace Fabrik.Upstreams.Rpc;

/// <summary>
/// From the start of a call to its end. It ends once, by whatever comes first: the server's status, a fault, the
/// deadline, the caller's token, disposal, or the end of the channel. The end stops everything that goes on for it.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "What it owns is let go at the end, which always comes.")]
internal sealed class CallLife
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly DateTime? _deadline;
    private readonly ITimer? _timer;
    private readonly CancellationTokenRegistration _cancelled;
    private readonly CancellationTokenRegistration _closed;
    private CallOutcome? _outcome;
    private HttpResponseMessage? _response;

    public CallLife(CallOptions options, TimeProvider time, CancellationToken closing)
    {
        _time = time;
        _deadline = options.Deadline is { } deadline && deadline != DateTime.MaxValue
            ? deadline.ToUniversalTime()
            : null;
        Token = _stop.Token;
        if (_deadline is not null)
        {
            _timer = time.CreateTimer(
                static life => ((CallLife)life!).CheckDeadline(),
                this,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan);
            CheckDeadline();
        }

        _cancelled = options.CancellationToken.UnsafeRegister(
            static life => ((CallLife)life!).Cancel("the caller gave the call up"), this);
        _closed = closing.UnsafeRegister(
            static life => ((CallLife)life!).Cancel("the channel is closed"), this);
        if (Outcome is not null)
        {
            // It ended before everything was in its place.
            Release();
        }
    }

    /// <summary>Fires at the end, whatever it is.</summary>
    public CancellationToken Token { get; }

    /// <summary>How it ended; nothing as long as it goes on.</summary>
    public CallOutcome? Outcome => Volatile.Read(ref _outcome);

    /// <summary>The time up to the deadline, or none.</summary>
    public TimeSpan? Remaining => _deadline - _time.GetUtcNow().UtcDateTime;

    /// <summary>Ends the call, unless it has ended.</summary>
    /// <returns>How it ended.</returns>
    public CallOutcome End(CallOutcome outcome)
    {
        // A server that counts a little faster cancels just before the client does (gRPC over HTTP/2, "Client
        // Cancellation").
        if (outcome.Status.StatusCode == StatusCode.Cancelled && Remaining <= TimeSpan.Zero)
        {
            outcome = DeadlineExceeded();
        }

        if (Interlocked.CompareExchange(ref _outcome, outcome, null) is { } earlier)
        {
            return earlier;
        }

        Release();
        return outcome;
    }

    /// <summary>Ends the call by a fault, unless it has ended: then the fault is a consequence.</summary>
    /// <returns>How it ended.</returns>
    public CallOutcome End(Exception fault) =>
        Outcome ?? End(CallOutcome.Of(fault));

    /// <summary>Ends the call from this side.</summary>
    public void Cancel(string why) => End(new CallOutcome(StatusCode.Cancelled, why));

    /// <summary>Takes the answer, which is let go at the end: what has not come by then is refused.</summary>
    public void Own(HttpResponseMessage response)
    {
        Volatile.Write(ref _response, response);
        if (Outcome is not null)
        {
            Interlocked.Exchange(ref _response, null)?.Dispose();
        }
    }

    private static CallOutcome DeadlineExceeded() =>
        new(StatusCode.DeadlineExceeded, "the deadline passed before the call ended");

    private void CheckDeadline()
    {
        var remaining = Remaining!.Value;
        if (remaining <= TimeSpan.Zero)
        {
            End(DeadlineExceeded());
        }
        else
        {
            Arm(remaining);
        }
    }

    // Timers count whole milliseconds, and not beyond seven weeks.
    private void Arm(TimeSpan remaining)
    {
        var due = remaining < LongestTimer
            ? TimeSpan.FromMilliseconds(Math.Ceiling(remaining.TotalMilliseconds))
            : LongestTimer;
        _timer!.Change(due, Timeout.InfiniteTimeSpan);
    }

    private void Release()
    {
        _timer?.Dispose();
        _cancelled.Unregister();
        _closed.Unregister();
        _stop.Cancel();
        Interlocked.Exchange(ref _response, null)?.Dispose();
    }
}
