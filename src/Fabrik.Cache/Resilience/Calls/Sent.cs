using Fabrik.Cache.Resilience.Breaking;

namespace Fabrik.Cache.Resilience.Calls;

/// <summary>When a request was sent, and by what leave.</summary>
/// <param name="Permit">The leave.</param>
/// <param name="Began">The timestamp at which the operation began, before any retry.</param>
/// <param name="Started">The timestamp at which this attempt was sent.</param>
internal readonly record struct Sent(BreakerPermit Permit, long Began, long Started);
