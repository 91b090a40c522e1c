namespace Fabrik.Wire.Http.Caching;

/// <summary>What becomes of a request, and what is told of it.</summary>
public readonly record struct ReuseDecision
{
    /// <summary>What is done.</summary>
    public required ReuseKind Kind { get; init; }

    /// <summary>The stored response's age, for the <c>Age</c> field: RFC 9111, section 5.1.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>How much longer it is fresh; negative when it is stale.</summary>
    public TimeSpan TimeToLive { get; init; }

    /// <summary>Why the request goes to the origin; none when it does not.</summary>
    public ForwardReason Reason { get; init; }

    /// <summary>
    /// Whether the stored response may be sent when the origin cannot be reached or answers with a failure
    /// (<see cref="Reuse.IsFailure"/>).
    /// </summary>
    public bool MayServeOnError { get; init; }

    /// <summary>Whole seconds of <see cref="Age"/>.</summary>
    public long AgeSeconds => Age.Ticks / TimeSpan.TicksPerSecond;

    /// <summary>Whether the stored response is sent without waiting for the origin.</summary>
    public bool IsHit => Kind is ReuseKind.Fresh or ReuseKind.Stale or ReuseKind.StaleWhileRevalidate;
}
