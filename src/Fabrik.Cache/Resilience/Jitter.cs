namespace Fabrik.Cache.Resilience;

/// <summary>Chance, so that many clients of one upstream do not come back in the same moment.</summary>
/// <param name="random">Where chance comes from; a seeded one makes a run repeatable.</param>
internal sealed class Jitter(Random random)
{
    // Random with a seed is not safe to share; this is only asked where something failed.
    private readonly Lock _gate = new();

    /// <summary>A time between both, each equally likely.</summary>
    public TimeSpan Between(TimeSpan low, TimeSpan high)
    {
        lock (_gate)
        {
            return low + ((high - low) * random.NextDouble());
        }
    }

    /// <summary>
    /// The pause after <paramref name="last"/>, by "decorrelated jitter": between the base and three times the pause
    /// before, at most the cap. Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    /// </summary>
    public TimeSpan NextRetry(TimeSpan last)
    {
        var high = last * 3 > GuardLimits.RetryBase ? last * 3 : GuardLimits.RetryBase * 3;
        var pause = Between(GuardLimits.RetryBase, high);
        return pause < GuardLimits.RetryCap ? pause : GuardLimits.RetryCap;
    }
}
