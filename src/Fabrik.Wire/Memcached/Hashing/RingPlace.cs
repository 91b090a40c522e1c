namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>Where a key belongs.</summary>
/// <param name="Member">The index of the member.</param>
/// <param name="Hash">The hash of the key.</param>
/// <param name="Point">The point of the ring that was found; null where there are no points.</param>
public readonly record struct RingPlace(int Member, ulong Hash, uint? Point = null);
