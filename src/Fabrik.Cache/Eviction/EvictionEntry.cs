namespace Fabrik.Cache.Eviction;

/// <summary>What a policy knows of an entry; times are whole Unix seconds from 0 up to the year 2106.</summary>
/// <param name="Key">The entry's <see cref="EvictionKey"/>.</param>
/// <param name="Size">Bytes that evicting it frees, below 2^48.</param>
/// <param name="LastAccess">When it was last read or written.</param>
/// <param name="Frequency">How often it was read, decaying; 0 to <see cref="MaxFrequency"/>.</param>
/// <param name="ExpiresAt">When it expires, or 0 for never; only the ttl policy looks at it.</param>
internal readonly record struct EvictionEntry(
    ulong Key, long Size, long LastAccess, int Frequency = 0, long ExpiresAt = 0)
{
    /// <summary>The highest frequency that is told apart.</summary>
    public const int MaxFrequency = 15;
}
