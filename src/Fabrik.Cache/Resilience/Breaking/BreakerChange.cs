namespace Fabrik.Cache.Resilience.Breaking;

/// <summary>A change of a breaker, for those who log it.</summary>
/// <param name="From">The state before.</param>
/// <param name="To">The state after.</param>
/// <param name="Pause">How long it is open.</param>
/// <param name="Reason">The failure that opened it.</param>
internal readonly record struct BreakerChange(BreakerState From, BreakerState To, TimeSpan Pause, CacheError? Reason);
