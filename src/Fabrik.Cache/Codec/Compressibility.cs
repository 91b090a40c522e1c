using System.Buffers;
using Fabrik.Cache.Native.Zstd;

namespace Fabrik.Cache.Codec;

/// <summary>
/// Guesses from the first bytes of a blob whether compressing it pays. What does not shrink stays plain, because the
/// kernel can send a plain file without copying it.
/// </summary>
internal static class Compressibility
{
    /// <summary>How much of the beginning is worth having for the guess; a store need not wait for more.</summary>
    public const int HeadLength = 64 * 1024;

    /// <summary>Shorter than this, a file system's block is the size anyway.</summary>
    public const int LeastLength = 4 * 1024;

    private const int SampleLength = 16 * 1024;
    private const int FastLevel = 1;

    /// <summary>
    /// Whether to compress: not what begins as a compressed format does, and not what a quick trial on its beginning
    /// and the end of <paramref name="head"/> shrinks by less than a tenth.
    /// </summary>
    public static bool PaysOff(ReadOnlySpan<byte> head)
    {
        if (head.Length < LeastLength || IsCompressedFormat(head))
        {
            return false;
        }

        var first = head[..Math.Min(SampleLength, head.Length)];
        var last = head[Math.Max(first.Length, head.Length - SampleLength)..];
        var sampled = first.Length + last.Length;
        return TrialLength(first) + TrialLength(last) <= sampled - (sampled / 10);
    }

    private static bool IsCompressedFormat(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) // gzip
        || head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) // zstd
        || head.StartsWith((ReadOnlySpan<byte>)[0x04, 0x22, 0x4D, 0x18]) // lz4
        || head.StartsWith((ReadOnlySpan<byte>)[0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]) // xz
        || head.StartsWith((ReadOnlySpan<byte>)[(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C]) // 7z
        || head.StartsWith("BZh"u8) // bzip2
        || head.StartsWith("PK\x03\x04"u8) // zip, jar, wheel; sccache's entries
        || head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G'])
        || head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) // jpeg
        || head.StartsWith("wOF2"u8) // web font
        || (head.StartsWith("RIFF"u8) && head[8..].StartsWith("WEBP"u8))
        || head.StartsWith("cCrS"u8) // ccache's results up to 4.4, which compresses by default
        || head.StartsWith((ReadOnlySpan<byte>)[0xCC, 0xAC]); // and later

    private static int TrialLength(ReadOnlySpan<byte> sample)
    {
        if (sample.IsEmpty)
        {
            return 0;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(ZstdCompressor.Bound(sample.Length));
        var compressor = ZstdPool.Compressors.Rent();
        try
        {
            return compressor.Compress(sample, buffer, FastLevel);
        }
        finally
        {
            ZstdPool.Compressors.Return(compressor);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
