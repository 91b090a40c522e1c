using Fabrik.Memcached.Destinations;

namespace Fabrik.Memcached.SideEffects;

/// <summary>What the side effects of one name have done, through all reloads that had it.</summary>
/// <param name="Sent">What went out.</param>
/// <param name="Dropped">What did not, as too much was on its way.</param>
/// <param name="Failed">What went out and failed.</param>
internal readonly record struct SideEffectCounters(long Sent, long Dropped, long Failed)
{
    /// <summary>The sums; from any thread.</summary>
    /// <param name="counters">Those of all loops, each once.</param>
    public static SideEffectCounters Of(params IEnumerable<SendCounters> counters)
    {
        var total = default(SideEffectCounters);
        foreach (var own in counters)
        {
            total = new SideEffectCounters(
                total.Sent + Volatile.Read(ref own.Sent),
                total.Dropped + Volatile.Read(ref own.Dropped),
                total.Failed + Volatile.Read(ref own.Failed));
        }

        return total;
    }
}
