namespace Fabrik.Cache.Native.Zstd;

/// <summary>The contexts that the process shares, as it shares its array pool.</summary>
/// <remarks>
/// Streams have contexts of their own: they keep buffers, and the parameters that streams have.
/// </remarks>
internal static class ZstdPool
{
    /// <summary>Compression contexts.</summary>
    public static ZstdContexts<ZstdCompressor> Compressors { get; } = new(static () => new ZstdCompressor());

    /// <summary>Decompression contexts.</summary>
    public static ZstdContexts<ZstdDecompressor> Decompressors { get; } = new(static () => new ZstdDecompressor());

    /// <summary>Compression contexts of <see cref="ZstdEncoder"/>.</summary>
    public static ZstdContexts<ZstdCompressor> Encoders { get; } = new(ZstdEncoder.CreateContext);

    /// <summary>Decompression contexts of <see cref="ZstdDecoder"/>.</summary>
    public static ZstdContexts<ZstdDecompressor> Decoders { get; } = new(ZstdDecoder.CreateContext);
}
