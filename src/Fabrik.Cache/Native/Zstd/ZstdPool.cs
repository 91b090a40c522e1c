namespace Fabrik.Cache.Native.Zstd;

/// <summary>The contexts that the process shares, as it shares its array pool.</summary>
internal static class ZstdPool
{
    /// <summary>Compression contexts.</summary>
    public static ZstdContexts<ZstdCompressor> Compressors { get; } = new(static () => new ZstdCompressor());

    /// <summary>Decompression contexts.</summary>
    public static ZstdContexts<ZstdDecompressor> Decompressors { get; } = new(static () => new ZstdDecompressor());
}
