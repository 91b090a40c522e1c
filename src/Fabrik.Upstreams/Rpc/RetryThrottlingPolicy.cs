namespace Fabrik.Upstreams.Rpc;

/// <summary>
/// A budget for retries: a failure takes one token, a success gives a part of one back, and while half or less are
/// left nothing is tried again (gRPC proposal A6, "Throttling Retry Attempts").
/// </summary>
public sealed record RetryThrottlingPolicy
{
    /// <summary>Tokens at the start, and at most: more than 0, up to 1000.</summary>
    public int MaxTokens { get; init; } = 10;

    /// <summary>What a success gives back; three decimals count.</summary>
    public double TokenRatio { get; init; } = 0.1;

    internal string? FindFault() =>
        MaxTokens is < 1 or > 1000 ? $"retry throttling must have from 1 to 1000 tokens, not {MaxTokens}"
        : !(TokenRatio >= 0.001) ? "a success must give 0.001 tokens or more back to retry throttling"
        : null;
}
