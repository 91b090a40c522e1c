using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fabrik.Wire.S3.Signing;

namespace Fabrik.Wire.S3.Chunked;

/// <summary>Writes an aws-chunked payload. Not safe to share between threads.</summary>
/// <param name="signer">The chain that signs chunks and trailers; null to sign nothing.</param>
public sealed class AwsChunkedEncoder(ChunkSigner? signer)
{
    private const string SignatureName = ";chunk-signature=";
    private const string TrailerSignatureName = "x-amz-trailer-signature:";

    /// <summary>Writes one chunk. S3 wants at least 8 KiB in all but the last.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="data">The data; not empty, since an empty chunk is the end.</param>
    public void WriteChunk(IBufferWriter<byte> to, ReadOnlySpan<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfZero(data.Length, nameof(data));
        WriteHead(to, data);
        to.Write(data);
        to.Write("\r\n"u8);
    }

    /// <summary>Writes the last chunk and the trailers.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="trailers">Names (lower-case) and values; null for a payload without trailers.</param>
    public void WriteEnd(IBufferWriter<byte> to, IEnumerable<KeyValuePair<string, string>>? trailers = null)
    {
        WriteHead(to, default);
        if (trailers is not null)
        {
            var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, value) in trailers)
            {
                sorted.Add(name, value);
                Encoding.UTF8.GetBytes($"{name}:{value}\r\n", to);
            }

            WriteTrailerSignature(to, sorted);
        }

        to.Write("\r\n"u8);
    }

    /// <summary>How long a payload gets: the Content-Length of a request.</summary>
    /// <param name="length">Bytes of data.</param>
    /// <param name="chunkSize">Bytes of data in each chunk but the last.</param>
    /// <param name="isSigned">Whether chunks are signed.</param>
    /// <param name="trailers">As for <see cref="WriteEnd"/>: only the lengths of the values matter.</param>
    public static long LengthOf(
        long length, int chunkSize, bool isSigned, IEnumerable<KeyValuePair<string, string>>? trailers = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunkSize);
        var (whole, rest) = Math.DivRem(length, chunkSize);
        var total = (whole * ChunkLength(chunkSize, isSigned)) + (rest > 0 ? ChunkLength(rest, isSigned) : 0);
        total += ChunkLength(0, isSigned);
        foreach (var (name, value) in trailers ?? [])
        {
            total += Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value) + 3;
        }

        return total + (trailers is not null && isSigned
            ? TrailerSignatureName.Length + ChunkSigner.SignatureLength + 2 : 0);
    }

    private static long ChunkLength(long length, bool isSigned) =>
        length.ToString("x", CultureInfo.InvariantCulture).Length
        + (isSigned ? SignatureName.Length + ChunkSigner.SignatureLength : 0)
        + 2 + length + 2;

    private void WriteHead(IBufferWriter<byte> to, ReadOnlySpan<byte> data)
    {
        Encoding.ASCII.GetBytes(data.Length.ToString("x", CultureInfo.InvariantCulture), to);
        if (signer is not null)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(data, hash);
            Encoding.ASCII.GetBytes(SignatureName, to);
            signer.SignChunk(hash, to.GetSpan(ChunkSigner.SignatureLength));
            to.Advance(ChunkSigner.SignatureLength);
        }

        to.Write("\r\n"u8);
    }

    private void WriteTrailerSignature(IBufferWriter<byte> to, SortedDictionary<string, string> trailers)
    {
        if (signer is null)
        {
            return;
        }

        Encoding.ASCII.GetBytes(TrailerSignatureName, to);
        signer.SignTrailer(AwsChunkedTrailers.Hash(trailers), to.GetSpan(ChunkSigner.SignatureLength));
        to.Advance(ChunkSigner.SignatureLength);
        to.Write("\r\n"u8);
    }
}
