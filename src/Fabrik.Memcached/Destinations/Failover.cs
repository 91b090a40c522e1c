using Fabrik.Memcached.Loop;

namespace Fabrik.Memcached.Destinations;

/// <summary>
/// Asks the first child, and the others in order as long as those before them fail; with
/// <see cref="FailoverOptions.OnMiss"/> also as long as they have nothing.
/// </summary>
/// <remarks>
/// A delete that another child answered leaves the value at the first one, should that be back: short lives
/// (<see cref="FailoverOptions.Expiry"/>) cure the other direction only. A spool of deletes cures this one.
/// </remarks>
internal sealed class Failover(
    ILoop loop, Destination[] children, FailoverOptions options, StrategyCounters? counters = null)
    : Sequence(children, counters)
{
    private readonly Destination[] _others = Limit(loop, children, options.Expiry);

    /// <inheritdoc/>
    protected override string Description =>
        options.OnMiss ? "failover, the next one after a failure or a miss" : "failover, the next one after a failure";

    /// <inheritdoc/>
    protected override bool GoesOnAfterMiss => options.OnMiss;

    /// <inheritdoc/>
    protected override Destination ChildAt(int start, int attempt) => _others[attempt];

    private static Destination[] Limit(ILoop loop, Destination[] children, TimeSpan? expiry)
    {
        if (expiry is not { } limit)
        {
            return children;
        }

        var limited = new Destination[children.Length];
        limited[0] = children[0];
        for (var i = 1; i < limited.Length; i++)
        {
            limited[i] = new ExpiryLimited(loop, children[i], limit) { Name = children[i].Name };
        }

        return limited;
    }
}
