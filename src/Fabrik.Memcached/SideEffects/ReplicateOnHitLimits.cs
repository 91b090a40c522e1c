namespace Fabrik.Memcached.SideEffects;

/// <summary>How much <see cref="ReplicateOnHit"/> does.</summary>
internal sealed record ReplicateOnHitLimits
{
    /// <summary>How long a value lives at the target where the rest of its life cannot be told.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Values that are on their way; further ones are dropped.</summary>
    public int MaxOutstanding { get; init; } = 1024;

    /// <summary>How long a key that was looked at is not looked at again.</summary>
    public TimeSpan SameKeyAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long it is remembered that the source does not know <c>mg</c>.</summary>
    public TimeSpan ClassicFor { get; init; } = TimeSpan.FromMinutes(10);
}
