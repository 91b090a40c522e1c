namespace Fabrik.Measuring;

/// <summary>What one round of one kind of request took, in milliseconds where nothing else is said.</summary>
internal sealed record Sample
{
    /// <summary>Requests in a second.</summary>
    public required double Rate { get; init; }

    /// <summary>Within which half of the requests were answered.</summary>
    public required double P50 { get; init; }

    /// <summary>Within which 95 % of the requests were answered.</summary>
    public required double P95 { get; init; }

    /// <summary>Within which 99 % of the requests were answered.</summary>
    public required double P99 { get; init; }

    /// <summary>The server's processor time for a request.</summary>
    public required double ServerTime { get; init; }

    /// <summary>This process's processor time for a request.</summary>
    public required double ClientTime { get; init; }

    /// <summary>KiB that the server allocated for a request, if it tells.</summary>
    public double? Allocated { get; init; }

    /// <summary>MiB that are resident in the server afterwards.</summary>
    public required double Memory { get; init; }

    /// <summary>Cores that other processes used meanwhile.</summary>
    public required double Others { get; init; }
}
