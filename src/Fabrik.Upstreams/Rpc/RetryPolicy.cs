using Fabrik.Wire.Grpc;

namespace Fabrik.Upstreams.Rpc;

/// <summary>
/// When a call is tried again: only as long as neither headers have come nor a message of a stream has gone (gRPC
/// proposal A6, "Retry Policy"). The deadline counts over all attempts.
/// </summary>
public sealed record RetryPolicy
{
    /// <summary>The most that <see cref="MaxAttempts"/> means (A6, "Limits on Retries and Hedges").</summary>
    public const int MaxAttemptsLimit = 5;

    /// <summary>Attempts with the first one: 2 or more; above 5 it means 5.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>The pause before the second attempt, give or take a fifth.</summary>
    public TimeSpan InitialBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause, give or take a fifth.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What each pause is multiplied by for the next.</summary>
    public double BackoffMultiplier { get; init; } = 2;

    /// <summary>What is worth another attempt: that which says that the server did nothing.</summary>
    public IReadOnlyCollection<StatusCode> RetryableStatusCodes { get; init; } = [StatusCode.Unavailable];

    internal string? FindFault() =>
        MaxAttempts < 2 ? $"a retry policy must have 2 attempts or more, not {MaxAttempts}"
        : InitialBackoff <= TimeSpan.Zero || MaxBackoff <= TimeSpan.Zero || !(BackoffMultiplier > 0)
            ? "the pauses of a retry policy, and what they are multiplied by, must be more than 0"
        : RetryableStatusCodes.Count == 0 ? "a retry policy must have a status code that is worth another attempt"
        : null;

    /// <summary>The pause before the attempt that follows on <paramref name="attempts"/> of them.</summary>
    /// <param name="attempts">How many attempts there were since the start, or since the server named a pause.</param>
    /// <param name="jitter">From 0 up to, not including, 1.</param>
    internal TimeSpan BackoffAfter(int attempts, double jitter)
    {
        var pause = InitialBackoff.Ticks * Math.Pow(BackoffMultiplier, attempts - 1);
        return TimeSpan.FromTicks((long)(Math.Min(pause, MaxBackoff.Ticks) * (0.8 + (0.4 * jitter))));
    }
}
