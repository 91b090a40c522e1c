namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>
/// A hash of a key: one number for the same bytes everywhere and for ever, as keys are spread by it. It allocates
/// nothing. Hashes of 32 bits leave the upper half zero.
/// </summary>
/// <param name="key">The key.</param>
public delegate ulong KeyHash(ReadOnlySpan<byte> key);
