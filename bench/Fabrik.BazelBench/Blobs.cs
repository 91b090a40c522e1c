using System.Buffers.Binary;
using System.Security.Cryptography;
using Fabrik.Wire.Bazel;

namespace Fabrik.BazelBench;

/// <summary>Blobs of one size, each with a number; contents do not compress, and no two are the same.</summary>
internal sealed class Blobs
{
    private readonly byte[] _content;

    public Blobs(int size, int seed)
    {
        _content = new byte[size];
        new Random(seed).NextBytes(_content);
    }

    /// <summary>Bytes of each, at least 8.</summary>
    public int Size => _content.Length;

    /// <summary>The content of a blob.</summary>
    public byte[] Content(long number)
    {
        var content = _content.AsSpan().ToArray();
        Number(content, number);
        return content;
    }

    /// <summary>Turns the content of one blob into that of another.</summary>
    public static void Number(byte[] content, long number) =>
        BinaryPrimitives.WriteInt64LittleEndian(content, number);

    /// <summary>The digests of blobs that follow each other.</summary>
    public BlobDigest[] Digests(long first, int count)
    {
        var digests = new BlobDigest[count];
        Parallel.For(
            0,
            count,
            () => _content.AsSpan().ToArray(),
            (i, _, content) =>
            {
                Number(content, first + i);
                digests[i] = DigestOf(content);
                return content;
            },
            static _ => { });
        return digests;
    }

    /// <summary>The digest of any content.</summary>
    public static BlobDigest DigestOf(byte[] content) =>
        BlobDigest.TryParse(
            Convert.ToHexStringLower(SHA256.HashData(content)), content.Length, out var digest, out var error)
            ? digest
            : throw new InvalidOperationException(error);
}
