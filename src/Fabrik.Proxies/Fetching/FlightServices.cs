using Fabrik.Proxies.Storage;

namespace Fabrik.Proxies.Fetching;

/// <summary>What all flights share.</summary>
/// <param name="Slices">Where slices are kept.</param>
/// <param name="Budget">The memory of those that are being filled.</param>
/// <param name="Counters">What is counted.</param>
/// <param name="Time">The clock.</param>
internal sealed record FlightServices(SliceStore Slices, SliceBudget Budget, FetchCounters Counters, TimeProvider Time);
