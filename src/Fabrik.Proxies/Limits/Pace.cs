namespace Fabrik.Proxies.Limits;

/// <summary>
/// How fast requests may follow: a token bucket, kept as the one time at which it would be full again (the generic cell
/// rate algorithm, ITU-T I.371). It needs no timer and no lock.
/// </summary>
/// <param name="rate">Requests per second; at least one.</param>
/// <param name="burst">How many may come at once; at least one.</param>
internal sealed class Pace(int rate, int burst)
{
    private readonly long _step = TimeSpan.TicksPerSecond / rate;
    private readonly long _room = TimeSpan.TicksPerSecond / rate * burst;

    /// <summary>Takes one.</summary>
    /// <param name="full">When the bucket is full again, in ticks: its whole state.</param>
    /// <param name="now">The time, in ticks.</param>
    /// <param name="wait">How long until there is one; zero when it was taken.</param>
    public bool TryTake(ref long full, long now, out TimeSpan wait)
    {
        while (true)
        {
            var seen = Volatile.Read(ref full);
            var next = Math.Max(seen, now) + _step;
            if (next - now > _room)
            {
                wait = TimeSpan.FromTicks(next - now - _room);
                return false;
            }

            if (Interlocked.CompareExchange(ref full, next, seen) == seen)
            {
                wait = TimeSpan.Zero;
                return true;
            }
        }
    }

    /// <summary>Gives back one that was taken for nothing.</summary>
    public void Return(ref long full) => Interlocked.Add(ref full, -_step);
}
