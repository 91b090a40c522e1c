namespace Fabrik.Cache.Resilience.Breaking;

/// <summary>Leave to send one request; what became of it is reported with it.</summary>
/// <param name="Epoch">
/// The breaker's phase in which it was given: a report from an earlier phase says nothing of the present one.
/// </param>
/// <param name="IsProbe">Whether the request finds out if the upstream works again.</param>
internal readonly record struct BreakerPermit(int Epoch, bool IsProbe);
