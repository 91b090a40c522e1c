using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Codec;
using Fabrik.Cache.Native.Zstd;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Fabrik.UnitTests.Cache.Codec;

public sealed class BlobRoundTripTests
{
    private const int Frame = 1024;

    private static readonly byte[] Key = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray();

    public static TheoryData<CompressionKind, bool> Variants => new()
    {
        { CompressionKind.None, false },
        { CompressionKind.None, true },
        { CompressionKind.Zstd, false },
        { CompressionKind.Zstd, true },
    };

    [Theory]
    [MemberData(nameof(Variants))]
    public void Read_AnyLengthAroundFrameBorders_IsWhatWasWritten(CompressionKind compression, bool isEncrypted)
    {
        var options = Options(compression, isEncrypted);
        var lengths = Gen.Choose(0, 4).SelectMany(_ => Gen.Choose(-2, 2), (n, d) => Math.Max(0, (n * Frame) + d));
        var cases = lengths.SelectMany(_ => Gen.Choose(1, 3 * Frame), (length, piece) => (length, piece));
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(60),
            Prop.ForAll(cases.ToArbitrary(), c => RoundTrips(options, c.length, c.piece)));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Read_AnyRange_IsTheSlice(CompressionKind compression, bool isEncrypted)
    {
        var options = Options(compression, isEncrypted);
        using var file = new BlobFile();
        var content = Content(5 * Frame + 17);
        await file.WriteAsync(content, options, piece: 700);
        var ranges = Gen.Choose(0, content.Length).SelectMany(
            offset => Gen.Choose(0, content.Length - offset), (offset, length) => (offset, length));
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200),
            Prop.ForAll(ranges.ToArbitrary(), range => Read(file, options, range.offset, range.length)
                .AsSpan().SequenceEqual(content.AsSpan(range.offset, range.length))));
    }

    [Fact]
    public async Task WriteAsync_CompressibleContent_TakesLessRoom()
    {
        using var file = new BlobFile();
        var content = new byte[1_000_000];
        var layout = await file.WriteAsync(content, new BlobEncodingOptions(), piece: 8192);
        Assert.Equal((1_000_000, 4), (layout.LogicalLength, layout.FrameCount));
        Assert.Equal(layout.StoredLength, RandomAccess.GetLength(file.Handle));
        Assert.True(layout.StoredLength < 1000, $"{layout.StoredLength} bytes");
        Assert.Equal(content, (await file.ReadAsync(new BlobEncodingOptions())).Value);
    }

    [Fact]
    public async Task WriteAsync_NoiseUnderZstd_GrowsByLessThanAThousandth()
    {
        using var file = new BlobFile();
        var content = new byte[1_000_000];
        new Random(3).NextBytes(content);
        var layout = await file.WriteAsync(content, new BlobEncodingOptions(), piece: 300_000);
        Assert.InRange(layout.StoredLength, 1_000_001, 1_001_000);
        Assert.Equal(content, (await file.ReadAsync(new BlobEncodingOptions())).Value);
    }

    [Fact]
    public async Task WriteAsync_UnderZstd_FramesTogetherAreAZstdStreamOfTheContent()
    {
        using var file = new BlobFile();
        var content = Content(5 * Frame + 3);
        var layout = await file.WriteAsync(content, Options(CompressionKind.Zstd, isEncrypted: false), piece: 999);
        var end = (layout.FrameCount * BlobFormat.TableEntryLength) + BlobFormat.TrailerLength;
        var back = new byte[content.Length];
        using var decompressor = new ZstdDecompressor();
        Assert.True(decompressor.TryDecompress(file.Bytes.AsSpan(BlobFormat.HeaderLength..^end), back, out _));
        Assert.Equal(content, back);
    }

    [Fact]
    public async Task Read_ManyBlobsAtOnce_DoNotDisturbEachOther()
    {
        var options = Options(CompressionKind.Zstd, isEncrypted: true);
        await Parallel.ForAsync(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, _) =>
        {
            using var file = new BlobFile();
            var content = Content((3 * Frame) + number);
            await file.WriteAsync(content, options, piece: 500);
            Assert.Equal(content, (await file.ReadAsync(options)).Value);
        });
    }

    [Fact]
    public async Task WriteAsync_SegmentedSequence_IsWrittenInOrder()
    {
        using var file = new BlobFile();
        var pipe = new Pipe(new PipeOptions(minimumSegmentSize: 16, pauseWriterThreshold: 0));
        var content = Content(3000);
        for (var i = 0; i < content.Length; i += 100)
        {
            await pipe.Writer.WriteAsync(content.AsMemory(i, 100));
        }

        Assert.True(pipe.Reader.TryRead(out var read));
        var options = Options(CompressionKind.Zstd, isEncrypted: false);
        using (var writer = new BlobWriter(file.Handle, options))
        {
            await writer.WriteAsync(read.Buffer);
            await writer.CompleteAsync();
        }

        Assert.Equal(content, (await file.ReadAsync(options)).Value);
    }

    [Fact]
    public async Task CompleteAsync_IdKnownOnlyAtTheEnd_IsBound()
    {
        using var file = new BlobFile();
        var options = Options(CompressionKind.Zstd, isEncrypted: true) with { BoundId = default };
        using (var writer = new BlobWriter(file.Handle, options))
        {
            await writer.WriteAsync(Content(100));
            await writer.CompleteAsync("digest"u8.ToArray());
        }

        Assert.Equal(CacheErrorKind.Damaged, (await file.ReadAsync(options)).Error!.Kind);
        var reader = options with { BoundId = "digest"u8.ToArray() };
        Assert.Equal(Content(100), (await file.ReadAsync(reader)).Value);
    }

    [Fact]
    public async Task CopyToAsync_ReceiverThatIsGone_EndsIncomplete()
    {
        using var file = new BlobFile();
        var options = Options(CompressionKind.Zstd, isEncrypted: false);
        await file.WriteAsync(Content(4 * Frame), options, piece: Frame);
        using var reader = (await BlobReader.OpenAsync(file.Handle, options)).Value;
        var pipe = new Pipe();
        await pipe.Reader.CompleteAsync();
        var copied = await reader.CopyToAsync(pipe.Writer, 0, reader.LogicalLength, CancellationToken.None);
        Assert.Equal(CacheErrorKind.Incomplete, copied.Error!.Kind);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(1)]
    public void EncryptionKey_OfAnotherLength_IsRefused(int length) =>
        Assert.Throws<ArgumentException>(() => new BlobEncodingOptions { EncryptionKey = new byte[length] });

    [Theory]
    [InlineData(1000)]
    [InlineData(512)]
    [InlineData(2 * 1024 * 1024)]
    public void Writer_FrameSizeThatIsNotAllowed_IsRefused(int frameSize)
    {
        using var file = new BlobFile();
        Assert.Throws<ArgumentException>(
            () => new BlobWriter(file.Handle, new BlobEncodingOptions { FrameSize = frameSize }));
    }

    private static byte[] Read(BlobFile file, BlobEncodingOptions options, int offset, int length) =>
        file.ReadAsync(options, offset, length).GetAwaiter().GetResult().Value;

    private static bool RoundTrips(BlobEncodingOptions options, int length, int piece)
    {
        using var file = new BlobFile();
        var content = Content(length);
        var layout = file.WriteAsync(content, options, piece).GetAwaiter().GetResult();
        Assert.Equal((length + Frame - 1) / Frame, layout.FrameCount);
        return file.ReadAsync(options).GetAwaiter().GetResult().Value.AsSpan().SequenceEqual(content);
    }

    private static BlobEncodingOptions Options(CompressionKind compression, bool isEncrypted) => new()
    {
        Compression = compression,
        FrameSize = Frame,
        EncryptionKey = isEncrypted ? Key : default,
        BoundId = "bound"u8.ToArray(),
    };

    /// <summary>Half noise, half text: some frames shrink, some do not.</summary>
    private static byte[] Content(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content.AsSpan(length / 2));
        for (var i = 0; i < length / 2; i++)
        {
            content[i] = (byte)('a' + (i % 7));
        }

        return content;
    }
}
