using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Fabrik.Cache.Codec;

/// <summary>
/// Blob file version 1, as docs/formats/blob.md specifies it: header, frames, table of frames, trailer. Numbers are
/// little-endian.
/// </summary>
internal static class BlobFormat
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderLength = 32;

    /// <summary>Bytes of the trailer.</summary>
    public const int TrailerLength = 40;

    /// <summary>Bytes of a frame's line in the table: stored length, then CRC-32C of the stored bytes.</summary>
    public const int TableEntryLength = 8;

    /// <summary>Bytes of the trailer that its checksum covers.</summary>
    public const int TrailerChecked = 32;

    /// <summary>Where the trailer's authentication tag lies; what is before it is what the tag vouches for.</summary>
    public const int TrailerTag = 16;

    /// <summary>
    /// Content of a frame, unless told otherwise: a range costs at most a frame at each end, and a frame with its
    /// encoding fits a core's cache. Libraries and headers took 4 to 5 % more room than in frames of 1 MiB, and 12 to
    /// 13 % more in frames of 64 KiB (level 3).
    /// </summary>
    public const int DefaultFrameSize = 256 * 1024;

    /// <summary>The least and the greatest content of a frame, as powers of two: 1 KiB and 1 MiB.</summary>
    public const int MinFrameShift = 10, MaxFrameShift = 20;

    /// <summary>Frames of a blob at most: 4 TiB of content in the default frames, and a table of 128 MiB.</summary>
    public const int MaxFrames = 1 << 24;

    /// <summary>The flag of frames that are zstd frames.</summary>
    public const byte ZstdFlag = 1;

    /// <summary>The flag of frames that are encrypted.</summary>
    public const byte EncryptedFlag = 2;

    private const byte Version = 1;

    private static ReadOnlySpan<byte> HeaderMagic => "FBLB"u8;

    private static ReadOnlySpan<byte> TrailerMagic => "FBLE"u8;

    /// <summary>Writes the header; the key id and salt are zero without encryption.</summary>
    public static void WriteHeader(Span<byte> header, byte flags, int frameSize)
    {
        header[..HeaderLength].Clear();
        HeaderMagic.CopyTo(header);
        header[4] = Version;
        header[5] = flags;
        header[6] = (byte)System.Numerics.BitOperations.Log2((uint)frameSize);
    }

    /// <summary>The key id within a header.</summary>
    public static Span<byte> KeyIdOf(Span<byte> header) => header.Slice(8, BlobCipher.KeyIdLength);

    /// <summary>The salt within a header.</summary>
    public static Span<byte> SaltOf(Span<byte> header) => header.Slice(16, BlobCipher.SaltLength);

    /// <summary>Says what is wrong with a header's form; <see langword="null"/> if nothing.</summary>
    public static string? FaultOfHeader(ReadOnlySpan<byte> header) =>
        !header.StartsWith(HeaderMagic) ? "it does not begin as a blob file"
        : header[4] != Version ? $"its version is {header[4]}, and this program reads version {Version}"
        : (header[5] & ~(ZstdFlag | EncryptedFlag)) != 0 ? $"its flags are 0x{header[5]:x2}"
        : header[6] is < MinFrameShift or > MaxFrameShift ? $"its frames are of 2^{header[6]} bytes"
        : header[7] != 0 ? "a reserved byte is not zero"
        : null;

    /// <summary>Writes the trailer, except for its tag and checksum.</summary>
    public static void WriteTrailer(Span<byte> trailer, long logicalLength, int frameCount)
    {
        trailer[..TrailerLength].Clear();
        BinaryPrimitives.WriteInt64LittleEndian(trailer, logicalLength);
        BinaryPrimitives.WriteInt32LittleEndian(trailer[8..], frameCount);
        TrailerMagic.CopyTo(trailer[36..]);
    }

    /// <summary>Reads the trailer's numbers; false when it does not end as a blob file does.</summary>
    public static bool TryReadTrailer(ReadOnlySpan<byte> trailer, out long logicalLength, out int frameCount)
    {
        logicalLength = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        frameCount = BinaryPrimitives.ReadInt32LittleEndian(trailer[8..]);
        return trailer[36..].SequenceEqual(TrailerMagic) && BinaryPrimitives.ReadInt32LittleEndian(trailer[12..]) == 0;
    }

    /// <summary>Writes the trailer's checksum.</summary>
    public static void WriteChecksum(Span<byte> trailer, uint checksum) =>
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[TrailerChecked..], checksum);

    /// <summary>Reads the trailer's checksum.</summary>
    public static uint ReadChecksum(ReadOnlySpan<byte> trailer) =>
        BinaryPrimitives.ReadUInt32LittleEndian(trailer[TrailerChecked..]);

    /// <summary>The checksum over all that is not a frame: header, bound id, table, trailer with its tag.</summary>
    public static uint Checksum(
        ReadOnlySpan<byte> header, ReadOnlySpan<byte> boundId, ReadOnlySpan<byte> table, ReadOnlySpan<byte> trailer) =>
        Crc32C.Append(
            Crc32C.Append(Crc32C.Append(Crc32C.Compute(header), boundId), table), trailer[..TrailerChecked]);

    /// <summary>SHA-256 over the same, without tag: what the trailer's tag vouches for.</summary>
    public static void Summarize(
        ReadOnlySpan<byte> boundId, ReadOnlySpan<byte> table, ReadOnlySpan<byte> trailer, Span<byte> destination)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(boundId);
        hash.AppendData(table);
        hash.AppendData(trailer[..TrailerTag]);
        hash.GetHashAndReset(destination);
    }

    /// <summary>The bytes a frame takes on disk at most.</summary>
    public static int MaxStored(int frameSize) =>
        Native.Zstd.ZstdCompressor.Bound(frameSize) + BlobCipher.TagLength;
}
