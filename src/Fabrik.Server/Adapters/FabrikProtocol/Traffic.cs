namespace Fabrik.Server.Adapters.FabrikProtocol;

/// <summary>
/// Hits and misses by minute, for a day back; what is older is in the sums only. So a question about a time is answered
/// to the minute, in memory that does not grow.
/// </summary>
internal sealed class Traffic
{
    private const int Minutes = 24 * 60;

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Lock _lock = new();
    private readonly Slot[] _slots = new Slot[Minutes];
    private Slot _all;

    /// <summary>Starts at zero.</summary>
    public Traffic(TimeProvider time)
    {
        _time = time;
        _start = time.GetUtcNow().ToUnixTimeSeconds();
    }

    /// <summary>Seconds since this began.</summary>
    public long Uptime => Math.Max(0, _time.GetUtcNow().ToUnixTimeSeconds() - _start);

    /// <summary>A read found something.</summary>
    public void Hit() => Add(1, 0);

    /// <summary>A read found nothing.</summary>
    public void Miss() => Add(0, 1);

    /// <summary>What was counted from a moment on.</summary>
    /// <param name="since">Seconds since 1970, or none for everything.</param>
    public Sums CountedSince(long? since)
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds() / 60;
        lock (_lock)
        {
            if (since is not { } from || from <= _start)
            {
                return new Sums(_all.Hits, _all.Misses, _start);
            }

            // The minute in which it lies counts as a whole.
            var first = Math.Max(from / 60, now - Minutes + 1);
            var sums = new Sums(0, 0, Math.Max(first * 60, _start));
            foreach (var slot in _slots)
            {
                if (slot.Minute >= first)
                {
                    sums = sums with { Hits = sums.Hits + slot.Hits, Misses = sums.Misses + slot.Misses };
                }
            }

            return sums;
        }
    }

    private void Add(long hits, long misses)
    {
        var minute = _time.GetUtcNow().ToUnixTimeSeconds() / 60;
        lock (_lock)
        {
            ref var slot = ref _slots[(int)(minute % Minutes)];
            if (slot.Minute != minute)
            {
                slot = new Slot { Minute = minute };
            }

            slot.Hits += hits;
            slot.Misses += misses;
            _all.Hits += hits;
            _all.Misses += misses;
        }
    }

    /// <summary>Counts.</summary>
    /// <param name="Hits">Reads that found something.</param>
    /// <param name="Misses">Reads that found nothing.</param>
    /// <param name="Since">From when on, in seconds since 1970.</param>
    public readonly record struct Sums(long Hits, long Misses, long Since);

    private struct Slot
    {
        public long Minute;
        public long Hits;
        public long Misses;
    }
}
