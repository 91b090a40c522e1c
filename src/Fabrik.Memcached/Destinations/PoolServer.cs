namespace Fabrik.Memcached.Destinations;

/// <summary>A server as a pool has it.</summary>
/// <param name="Destination">Where requests for it go. While it is not usable, it fails them at once by itself.</param>
/// <param name="Health">Whether it is alive.</param>
internal sealed record PoolServer(Destination Destination, IServerHealth Health);
