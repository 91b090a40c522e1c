using Fabrik.Proxies.Fetching;
using Fabrik.Proxies.Storage;

namespace Fabrik.Proxies.Serving;

/// <summary>What outlives every reload: heads, bodies, and the fetches under way.</summary>
/// <param name="Heads">The heads.</param>
/// <param name="Slices">The parts of bodies.</param>
/// <param name="Flights">The bodies that are read or fetched.</param>
/// <param name="Bodies">Where bodies come from.</param>
/// <param name="Fetches">The requests for heads under way.</param>
/// <param name="Refresh">Validation in the background.</param>
internal sealed record ProxyServicesState(
    HeadTable Heads,
    SliceStore Slices,
    Flights Flights,
    BodyTargets Bodies,
    HeadFetches Fetches,
    BackgroundRefresh Refresh);
