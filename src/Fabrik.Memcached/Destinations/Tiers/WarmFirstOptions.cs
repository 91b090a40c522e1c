namespace Fabrik.Memcached.Destinations.Tiers;

/// <summary>How <see cref="WarmFirst"/> refills.</summary>
internal sealed record WarmFirstOptions
{
    /// <summary>How long what is refilled lives where the rest of its life cannot be told.</summary>
    public TimeSpan RefillExpiry { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Keys whose readers wait for one reading at a time; those of further ones read each for themselves.
    /// </summary>
    public int MaxKeys { get; init; } = 1024;

    /// <summary>Readers that wait for one key at a time; further ones read for themselves.</summary>
    public int MaxWaiting { get; init; } = 4096;

    /// <summary>
    /// Values on their way into the primary, and touches on their way to the fallback; further ones are dropped.
    /// </summary>
    public int MaxOutstanding { get; init; } = 1024;

    /// <summary>
    /// How long a fallback that does not know <c>mg</c> is asked by <c>get</c>, before <c>mg</c> is tried again.
    /// </summary>
    public TimeSpan ClassicFor { get; init; } = TimeSpan.FromMinutes(10);
}
