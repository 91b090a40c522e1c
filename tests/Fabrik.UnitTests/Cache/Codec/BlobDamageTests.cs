using System.Buffers.Binary;
using Fabrik.Cache;
using Fabrik.Cache.Codec;
using Fabrik.Fuzz;
using Xunit;

namespace Fabrik.UnitTests.Cache.Codec;

public sealed class BlobDamageTests
{
    private const int Frame = 1024;

    private static readonly byte[] Key = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray();

    [Theory]
    [InlineData(CompressionKind.None, false)]
    [InlineData(CompressionKind.Zstd, false)]
    [InlineData(CompressionKind.Zstd, true)]
    public async Task Read_AnySingleBitFlipped_IsDamaged(CompressionKind compression, bool isEncrypted)
    {
        using var file = new BlobFile();
        var options = Options(compression, isEncrypted);
        await file.WriteAsync(new byte[2 * Frame + 100].AsMemory(compression == CompressionKind.None ? 2048 : 0),
            options, Frame);
        var bytes = file.Bytes;
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = (byte[])bytes.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            file.Bytes = flipped;
            Assert.Equal((bit, CacheErrorKind.Damaged), (bit, (await file.ReadAsync(options)).Error?.Kind));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_CutAtAnyLength_IsDamaged(bool isEncrypted)
    {
        using var file = new BlobFile();
        var options = Options(CompressionKind.Zstd, isEncrypted);
        await file.WriteAsync(new byte[3 * Frame], options, Frame);
        var bytes = file.Bytes;
        for (var length = 0; length < bytes.Length; length++)
        {
            file.Bytes = bytes[..length];
            Assert.Equal((length, CacheErrorKind.Damaged), (length, (await file.ReadAsync(options)).Error?.Kind));
        }

        file.Bytes = [.. bytes, 0];
        Assert.Equal(CacheErrorKind.Damaged, (await file.ReadAsync(options)).Error?.Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_FramesSwapped_IsDamaged(bool isEncrypted)
    {
        using var file = new BlobFile();
        var options = Options(CompressionKind.None, isEncrypted);
        await file.WriteAsync(TwoFrames(), options, Frame);
        var bytes = file.Bytes;
        SwapFrames(bytes, Frame + (isEncrypted ? BlobCipher.TagLength : 0), withTable: false);
        file.Bytes = bytes;
        Assert.Equal(CacheErrorKind.Damaged, (await file.ReadAsync(options)).Error?.Kind);
    }

    [Fact]
    public async Task Read_EncryptedFramesSwappedBySomeoneWhoMendsChecksums_IsDamaged()
    {
        using var file = new BlobFile();
        var options = Options(CompressionKind.None, isEncrypted: true);
        await file.WriteAsync(TwoFrames(), options, Frame);
        var bytes = file.Bytes;
        SwapFrames(bytes, Frame + BlobCipher.TagLength, withTable: true);
        file.Bytes = Mend(bytes, options);
        var error = (await file.ReadAsync(options)).Error;
        Assert.Equal(CacheErrorKind.Damaged, error?.Kind);
        Assert.Contains("not authentic", error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_EncryptedBlobShortenedBySomeoneWhoMendsChecksums_IsDamaged()
    {
        using var file = new BlobFile();
        var options = Options(CompressionKind.None, isEncrypted: true);
        await file.WriteAsync(TwoFrames(), options, Frame);
        var bytes = file.Bytes;
        const int Stored = Frame + BlobCipher.TagLength;
        var trailer = bytes.AsSpan(bytes.Length - BlobFormat.TrailerLength);
        BinaryPrimitives.WriteInt64LittleEndian(trailer, Frame);
        BinaryPrimitives.WriteInt32LittleEndian(trailer[8..], 1);
        byte[] shorter =
        [
            .. bytes[..(BlobFormat.HeaderLength + Stored)],
            .. bytes[(BlobFormat.HeaderLength + (2 * Stored))..][..BlobFormat.TableEntryLength],
            .. trailer,
        ];
        file.Bytes = Mend(shorter, options);
        var error = (await file.ReadAsync(options)).Error;
        Assert.Equal(CacheErrorKind.Damaged, error?.Kind);
        Assert.Contains("not authentic", error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_FileOfAnotherBlob_IsDamaged(bool isEncrypted)
    {
        using var file = new BlobFile();
        var options = Options(CompressionKind.Zstd, isEncrypted);
        await file.WriteAsync(TwoFrames(), options, Frame);
        var other = options with { BoundId = "another blob"u8.ToArray() };
        Assert.Equal(CacheErrorKind.Damaged, (await file.ReadAsync(other)).Error?.Kind);
    }

    [Fact]
    public async Task Read_WithAnotherKeyOrNone_SaysWhichKeysAndIsNoDamage()
    {
        using var file = new BlobFile();
        var options = Options(CompressionKind.Zstd, isEncrypted: true);
        await file.WriteAsync(TwoFrames(), options, Frame);
        var other = (await file.ReadAsync(options with { EncryptionKey = new byte[32] })).Error;
        Assert.Equal(CacheErrorKind.Io, other?.Kind);
        Assert.Contains("is encrypted under the key with id", other!.Message, StringComparison.Ordinal);
        var none = (await file.ReadAsync(options with { EncryptionKey = default })).Error;
        Assert.Equal(CacheErrorKind.Io, none?.Kind);
        Assert.Contains("no encryption key is set", none!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_DamageInALaterFrame_GivesTheFramesBefore()
    {
        using var file = new BlobFile();
        var options = Options(CompressionKind.None, isEncrypted: false);
        await file.WriteAsync(TwoFrames(), options, Frame);
        var bytes = file.Bytes;
        bytes[BlobFormat.HeaderLength + Frame + 5] ^= 1;
        file.Bytes = bytes;
        Assert.Equal(TwoFrames()[..Frame], (await file.ReadAsync(options, 0, Frame)).Value);
        Assert.Equal(CacheErrorKind.Damaged, (await file.ReadAsync(options, Frame, 1)).Error?.Kind);
    }

    private static byte[] Mend(byte[] bytes, BlobEncodingOptions options)
    {
        BlobMending.MendChecksum(bytes, options.BoundId.Span);
        return bytes;
    }

    private static void SwapFrames(byte[] bytes, int stored, bool withTable)
    {
        Swap(bytes.AsSpan(BlobFormat.HeaderLength), stored);
        if (withTable)
        {
            Swap(bytes.AsSpan(BlobFormat.HeaderLength + (2 * stored)), BlobFormat.TableEntryLength);
        }
    }

    private static void Swap(Span<byte> bytes, int length)
    {
        var first = bytes[..length].ToArray();
        bytes.Slice(length, length).CopyTo(bytes);
        first.CopyTo(bytes[length..]);
    }

    private static byte[] TwoFrames() =>
        [.. Enumerable.Repeat((byte)1, Frame), .. Enumerable.Repeat((byte)2, Frame)];

    private static BlobEncodingOptions Options(CompressionKind compression, bool isEncrypted) => new()
    {
        Compression = compression,
        FrameSize = Frame,
        EncryptionKey = isEncrypted ? Key : default,
        BoundId = "bound"u8.ToArray(),
    };
}
