using System.Security.Cryptography;
using System.Text;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel;

/// <summary>A blob with its digest.</summary>
internal sealed record TestBlob(byte[] Bytes)
{
    public static TestBlob Empty { get; } = new([]);

    public BlobDigest Digest { get; } = DigestOf(Bytes);

    public Digest Message => Digest.ToMessage();

    public static TestBlob Of(string text) => new(Encoding.UTF8.GetBytes(text));

    public static TestBlob Of(IMessage message) => new(message.ToByteArray());

    /// <summary>Bytes that do not compress; the size is the seed.</summary>
    public static TestBlob Random(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return new TestBlob(bytes);
    }

    private static BlobDigest DigestOf(byte[] bytes)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Assert.True(BlobDigest.TryParse(hash, bytes.Length, out var digest, out _));
        return digest;
    }
}
