using System.Security.Cryptography;
using Fabrik.Cache.Native.Zstd;
using Fabrik.Wire.Bazel;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel.ByteStream;

/// <summary>A blob with its names.</summary>
internal sealed record Blob(byte[] Bytes)
{
    public BlobDigest Digest { get; } = DigestOf(Bytes);

    public string ReadName => ResourceName.ForRead("main", Digest).ToString();

    public string ReadZstdName => ResourceName.ForRead("main", Digest, BlobCoding.Zstd).ToString();

    public string WriteName => ResourceName.ForWrite("main", "u1", Digest).ToString();

    public string WriteZstdName => ResourceName.ForWrite("main", "u1", Digest, BlobCoding.Zstd).ToString();

    /// <summary>Bytes that compress to about a half; the size is the seed.</summary>
    public static Blob Of(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes.AsSpan(0, size / 2));
        return new Blob(bytes);
    }

    public static BlobDigest DigestOf(byte[] bytes)
    {
        Assert.True(BlobDigest.TryParse(
            Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length, out var digest, out _));
        return digest;
    }

    /// <summary>As one frame.</summary>
    public static byte[] Compress(byte[] bytes)
    {
        using var encoder = new ZstdEncoder(bytes.Length);
        var frame = new byte[bytes.Length + 1024 + (bytes.Length / 100)];
        Assert.True(encoder.Encode(bytes, frame, isLast: true, out _, out var length));
        return frame[..length];
    }

    /// <summary>What frames hold.</summary>
    public static byte[] Decompress(byte[] frames)
    {
        using var decoder = new ZstdDecoder();
        var (content, piece, start) = (new MemoryStream(), new byte[100_000], 0);
        int written;
        do
        {
            var isGood = decoder.TryDecode(frames.AsSpan(start), piece, out var consumed, out written, out var error);
            Assert.True(isGood, error);
            content.Write(piece, 0, written);
            start += consumed;
        }
        while (start < frames.Length || written == piece.Length);

        Assert.True(decoder.IsBetweenFrames);
        return content.ToArray();
    }
}
