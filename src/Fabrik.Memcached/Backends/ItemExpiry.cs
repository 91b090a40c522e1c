namespace Fabrik.Memcached.Backends;

/// <summary>When values expire, as clients say it and as others need it.</summary>
internal static class ItemExpiry
{
    /// <summary>What an expiry is at once.</summary>
    public const long Past = -1;

    // memcached's REALTIME_MAXDELTA: above it a number is a second since 1970.
    private const long MaxRelative = 60 * 60 * 24 * 30;

    /// <summary>Seconds from now on until a value expires; 0 for never, <see cref="Past"/> for at once.</summary>
    /// <param name="expiry">As a client says it: seconds up to 30 days, above that a second since 1970.</param>
    /// <param name="now">The time.</param>
    public static long SecondsLeft(long expiry, DateTimeOffset now)
    {
        if (expiry is >= 0 and <= MaxRelative)
        {
            return expiry;
        }

        var left = expiry - now.ToUnixTimeSeconds();
        return expiry < 0 || left <= 0 ? Past : left;
    }
}
