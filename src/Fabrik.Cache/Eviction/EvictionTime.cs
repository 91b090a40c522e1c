namespace Fabrik.Cache.Eviction;

/// <summary>Unix seconds in four bytes, as nodes keep them.</summary>
internal static class EvictionTime
{
    /// <summary>The time of an entry that never expires: after every other.</summary>
    public const uint Never = uint.MaxValue;

    /// <summary>Cuts a time to the range that is kept.</summary>
    public static uint Compact(long seconds) => (uint)Math.Clamp(seconds, 0, Never);
}
