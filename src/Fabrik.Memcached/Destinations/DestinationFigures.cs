namespace Fabrik.Memcached.Destinations;

/// <summary>What destinations count, by names that are promised to people. From any thread.</summary>
internal static class DestinationFigures
{
    private static readonly (string Event, Func<Strategy, long> Count)[] OfStrategies =
    [
        ("requests", static s => Volatile.Read(in s.Counters.Requests)),
        ("failovers", static s => Volatile.Read(in s.Counters.Failovers)),
        ("miss_failovers", static s => Volatile.Read(in s.Counters.MissFailovers)),
        ("not_repeatable", static s => Volatile.Read(in s.Counters.NotRepeatable)),
        ("copies", static s => Volatile.Read(in s.Counters.Copies.Sent)),
        ("dropped_copies", static s => Volatile.Read(in s.Counters.Copies.Dropped)),
        ("failed_copies", static s => Volatile.Read(in s.Counters.Copies.Failed)),
        ("refills", static s => Volatile.Read(in s.Counters.Refills)),
        ("collapsed", static s => Volatile.Read(in s.Counters.Collapsed)),
        ("skipped_refills", static s => Volatile.Read(in s.Counters.SkippedRefills)),
        ("failed_invalidations", static s => Volatile.Read(in s.Counters.FailedInvalidations)),
    ];

    private static readonly (string Event, Func<PoolDestination, long> Count)[] OfPools =
    [
        ("guttered", static pool => Volatile.Read(in pool.Counters.Guttered)),
        ("rehashes", static pool => Volatile.Read(in pool.Counters.Rehashes)),
    ];

    /// <summary>What has happened at all, on all loops together.</summary>
    /// <param name="destinations">The destinations of one name, of each loop one.</param>
    public static IEnumerable<(string Event, long Count)> Of(IReadOnlyCollection<Destination> destinations) =>
        Sums(OfStrategies, destinations).Concat(Sums(OfPools, destinations)).Where(static sum => sum.Count > 0);

    private static IEnumerable<(string Event, long Count)> Sums<T>(
        (string Event, Func<T, long> Count)[] figures, IReadOnlyCollection<Destination> destinations)
        where T : Destination =>
        from figure in figures
        select (figure.Event, destinations.OfType<T>().Sum(figure.Count));
}
