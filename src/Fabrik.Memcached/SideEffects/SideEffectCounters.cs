namespace Fabrik.Memcached.SideEffects;

/// <summary>What a side effect has done since it was made.</summary>
/// <param name="Sent">What went out.</param>
/// <param name="Dropped">What did not, as too much was on its way.</param>
/// <param name="Failed">What went out and failed.</param>
internal readonly record struct SideEffectCounters(long Sent, long Dropped, long Failed)
{
    /// <summary>Of an effect on all loops and routes.</summary>
    public static SideEffectCounters Total(IEnumerable<SideEffect> same)
    {
        var total = default(SideEffectCounters);
        foreach (var effect in same)
        {
            var own = effect.Counters;
            if (effect is HttpPost)
            {
                // It counts for all loops already.
                return own;
            }

            total = new SideEffectCounters(
                total.Sent + own.Sent, total.Dropped + own.Dropped, total.Failed + own.Failed);
        }

        return total;
    }
}
