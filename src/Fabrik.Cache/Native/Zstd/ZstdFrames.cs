using System.Buffers;

namespace Fabrik.Cache.Native.Zstd;

/// <summary>Small contents as zstd frames (RFC 8878), whole ones at a time. Thread-safe.</summary>
public static class ZstdFrames
{
    // Somebody waits for it, and it is compressed anew for everyone who does.
    private const int Level = 1;

    /// <summary>Compresses into one frame that tells its content's size.</summary>
    /// <returns>The frame, or <see langword="null"/> where it would not be smaller than the content.</returns>
    public static byte[]? Compress(ReadOnlySpan<byte> content)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ZstdCompressor.Bound(content.Length));
        var compressor = ZstdPool.Compressors.Rent();
        try
        {
            var length = compressor.Compress(content, buffer, Level);
            return length < content.Length ? buffer.AsSpan(0, length).ToArray() : null;
        }
        finally
        {
            ZstdPool.Compressors.Return(compressor);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Decompresses one or more frames, and never more of them than there is room for.</summary>
    /// <param name="frames">The frames; may be anything, damaged bytes too.</param>
    /// <param name="content">Where the content goes: exactly as many bytes as were announced.</param>
    /// <param name="error">What is wrong with the frames.</param>
    /// <returns>Whether they were whole and their content has this length.</returns>
    public static bool TryDecompress(ReadOnlySpan<byte> frames, Span<byte> content, out string error)
    {
        var decompressor = ZstdPool.Decompressors.Rent();
        try
        {
            return decompressor.TryDecompress(frames, content, out error);
        }
        finally
        {
            ZstdPool.Decompressors.Return(decompressor);
        }
    }
}
