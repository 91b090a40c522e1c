namespace Fabrik.Cache.Native.RocksDb;

/// <summary>Keys that lie one behind the other.</summary>
/// <param name="bytes">The bytes of all of them.</param>
/// <param name="length">Bytes of each.</param>
internal readonly ref struct RocksKeys(ReadOnlySpan<byte> bytes, int length)
{
    /// <summary>The bytes of all of them.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>Bytes of each.</summary>
    public int Length { get; } = length;
}
