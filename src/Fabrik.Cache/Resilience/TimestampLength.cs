namespace Fabrik.Cache.Resilience;

/// <summary>Times in the unit of a clock's timestamps.</summary>
internal static class TimestampLength
{
    /// <summary>How many of the clock's timestamps a time is; exact, since limits are compared with it.</summary>
    public static long Of(TimeProvider time, TimeSpan span) =>
        (long)((Int128)span.Ticks * time.TimestampFrequency / TimeSpan.TicksPerSecond);
}
