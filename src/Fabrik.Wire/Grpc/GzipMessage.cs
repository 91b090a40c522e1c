using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace Fabrik.Wire.Grpc;

/// <summary>
/// Messages as gzip. A message is one member, as every known peer sends it: so its last four bytes say how large it is,
/// which is checked before anything is decompressed, and found true or refused.
/// </summary>
internal static class GzipMessage
{
    // The smallest member: a header of 10 bytes, an empty block of 2, a trailer of 8.
    private const int MinLength = 20;
    private const int SizeLength = 4;

    // Deflate makes at most 258 bytes of 2 bits: whoever claims more lies.
    private const int MaxRatio = 1032;

    /// <summary>The size that a message says it has when decompressed.</summary>
    /// <exception cref="RpcException">It is too large, or the payload is no gzip member.</exception>
    public static int ClaimedSize(in ReadOnlySequence<byte> payload, int maxSize)
    {
        if (payload.Length < MinLength)
        {
            throw MessageErrors.Corrupt();
        }

        Span<byte> trailer = stackalloc byte[SizeLength];
        payload.Slice(payload.Length - SizeLength).CopyTo(trailer);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        if (size / MaxRatio > payload.Length)
        {
            throw MessageErrors.Corrupt();
        }

        return size <= (uint)maxSize ? (int)size : throw MessageErrors.TooLargeToReceive(size, maxSize);
    }

    /// <summary>Decompresses a message into a buffer of exactly the claimed size.</summary>
    /// <exception cref="RpcException">It has another size, or is damaged.</exception>
    public static void Decompress(in ReadOnlySequence<byte> payload, Span<byte> destination)
    {
        try
        {
            using var source = new SequenceStream(payload);
            using var gzip = new GZipStream(source, CompressionMode.Decompress);
            Span<byte> beyond = stackalloc byte[1];
            if (gzip.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) < destination.Length
                || gzip.Read(beyond) > 0)
            {
                throw MessageErrors.Corrupt();
            }
        }
        catch (InvalidDataException)
        {
            throw MessageErrors.Corrupt();
        }
    }

    /// <summary>Compresses a message.</summary>
    public static void Compress(ReadOnlySpan<byte> payload, Stream destination)
    {
        using var gzip = new GZipStream(destination, CompressionLevel.Fastest, leaveOpen: true);
        gzip.Write(payload);
    }
}
