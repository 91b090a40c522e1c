using System.Security.Cryptography;
using Fabrik.Cache.Codec;
using Xunit;

namespace Fabrik.UnitTests.Cache.Codec;

/// <summary>
/// Bytes that were written once and have to be readable for ever: docs/formats/blob.md. Uncompressed content, because
/// a newer zstd may write other frames; that old zstd frames stay readable has a test of its own.
/// </summary>
public sealed class BlobGoldenTests
{
    private const string PlainBlob =
        "46424c4201000a0000000000000000000000000000000000000000000000000054686520717569636b2062726f776e20"
        + "666f78206a756d7073206f76657220746865206c617a7920646f672b000000040462222b000000000000000100000000"
        + "0000000000000000000000000000000000000016a4966046424c45";
    private const string ZstdBlob =
        "46424c4201010a0000000000000000000000000000000000000000000000000028b52ffd6000034d00001000000100fb"
        + "2b800528b52ffd60d0024d00001000000100cb2b8005130000006b1008771300000002c063fcd0070000000000000200"
        + "00000000000000000000000000000000000000000000a6ae77da46424c45";
    private const string SealedBlob =
        "46424c4201020a00b2f18a66787a21d2a0a1a2a3a4a5a6a7a8a9aaabacadaeaf82653322897907fdfb48df69ebc3bff0"
        + "613de03b2a55690d41e79977fed36b61968d6c202a6ca67f20cbb49ad29479c0ab82b25e1def319c59000d3b00000001"
        + "3d2bad2b000000000000000100000000000000f6c87341333defd83fb48e75c37e6b307d22ab1d46424c45";
    private const string PlainValue =
        "108158c01876616c7565";
    private const string SealedValue =
        "128aee45fcb2f18a66787a21d2a0a1a2a3a4a5a6a7a8a9aaabacadaeaf7fcc5645e66773b2b63a45359415b21aef9080"
        + "af2d";

    private static readonly byte[] Salt = Enumerable.Range(0xA0, 16).Select(i => (byte)i).ToArray();

    private static readonly BlobEncodingOptions Plain = new()
    {
        Compression = CompressionKind.None,
        FrameSize = 1024,
        BoundId = SHA256.HashData("bound"u8),
    };

    private static readonly BlobEncodingOptions Sealed = Plain with
    {
        EncryptionKey = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray(),
    };

    [Fact]
    public async Task Write_PlainBlob_IsFrozen() => Assert.Equal(PlainBlob, await WriteAsync(Plain));

    [Fact]
    public async Task Write_SealedBlobWithAKnownSalt_IsFrozen() => Assert.Equal(SealedBlob, await WriteAsync(Sealed));

    [Fact]
    public async Task Read_FrozenZstdBlob_IsItsContent()
    {
        using var file = new BlobFile { Bytes = Convert.FromHexString(ZstdBlob) };
        Assert.Equal(new byte[2000], (await file.ReadAsync(Plain)).Value);
    }

    [Fact]
    public void Encode_PlainValue_IsFrozen() => Assert.Equal(PlainValue, Encode(Plain));

    [Fact]
    public void Encode_SealedValueWithAKnownSalt_IsFrozen() => Assert.Equal(SealedValue, Encode(Sealed));

    private static async Task<string> WriteAsync(BlobEncodingOptions options)
    {
        using var file = new BlobFile();
        using var writer = new BlobWriter(file.Handle, options, Salt);
        await writer.WriteAsync("The quick brown fox jumps over the lazy dog"u8.ToArray());
        await writer.CompleteAsync();
        return Convert.ToHexStringLower(file.Bytes);
    }

    private static string Encode(BlobEncodingOptions options)
    {
        var encoded = new byte[InlineCodec.MaxEncodedLength(5)];
        return Convert.ToHexStringLower(encoded.AsSpan(0, InlineCodec.Encode("value"u8, options, Salt, encoded)));
    }
}
