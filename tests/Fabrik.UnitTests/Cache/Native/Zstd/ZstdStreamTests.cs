using Fabrik.Cache.Native.Zstd;
using Xunit;

namespace Fabrik.UnitTests.Cache.Native.Zstd;

public sealed class ZstdStreamTests
{
    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(10_000, 1, 7)]
    [InlineData(131_072, 131_072, 131_072)]
    [InlineData(131_072, 1000, 65_536)]
    [InlineData(3_000_001, 65_536, 4096)]
    public void TryDecode_WhatWasEncoded_IsTheSame(int size, int pieceIn, int pieceOut)
    {
        var content = Content(size);

        var frame = Encode(content, pieceIn, pieceOut);

        var (back, isWhole, error) = Decode(frame, pieceIn, pieceOut);
        Assert.Equal("", error);
        Assert.True(isWhole);
        Assert.Equal(content, back);
    }

    [Fact]
    public void Encoder_OfAFrame_TellsItsSize()
    {
        var frame = Encode(Content(1000), 1000, 5000);
        using var decompressor = new ZstdDecompressor();

        Assert.True(decompressor.TryDecompress(frame, new byte[1000], out _));
    }

    [Theory]
    [InlineData(99)]
    [InlineData(101)]
    public void Encode_AnotherSizeThanWasSaid_Throws(int size)
    {
        using var encoder = new ZstdEncoder(100);
        encoder.Encode(new byte[10], new byte[1000], isLast: false, out _, out _);

        Assert.Throws<InvalidOperationException>(
            () => encoder.Encode(new byte[size - 10], new byte[1000], isLast: true, out _, out _));
    }

    [Fact]
    public void Contexts_ThatAreGivenBackInTheMidst_BeginAnew()
    {
        var content = Content(500_000);
        var frame = Encode(content, 500_000, 600_000);
        for (var i = 0; i < 20; i++)
        {
            using (var encoder = new ZstdEncoder(100))
            using (var decoder = new ZstdDecoder())
            {
                encoder.Encode(new byte[50], new byte[10], isLast: false, out _, out _);
                Assert.True(decoder.TryDecode(frame.AsSpan(0, 1000), new byte[100], out _, out _, out _));
                Assert.False(decoder.IsBetweenFrames);
            }

            Assert.Equal(frame, Encode(content, 500_000, 600_000));
            Assert.Equal(content, Decode(frame, 500_000, 500_000).Content);
        }
    }

    [Fact]
    public void TryDecode_ATruncatedFrame_IsNotBetweenFrames()
    {
        var frame = Encode(Content(100_000), 1000, 1000);
        for (var length = 1; length < frame.Length; length += 997)
        {
            var (_, isWhole, error) = Decode(frame[..length], 4096, 4096);
            Assert.Equal((false, ""), (isWhole, error));
        }
    }

    [Fact]
    public void TryDecode_NoFrame_NamesTheError()
    {
        using var decoder = new ZstdDecoder();

        Assert.False(decoder.TryDecode("no frame at all"u8, new byte[10], out _, out _, out var error));
        Assert.Equal("Unknown frame descriptor", error);
    }

    [Fact]
    public void TryDecode_ALargerWindowThanTheLimit_IsRefused()
    {
        using var decoder = new ZstdDecoder();

        // Magic, a descriptor without a size, a window of 16 MiB.
        byte[] frame = [0x28, 0xB5, 0x2F, 0xFD, 0, (ZstdDecoder.MaxWindowLog + 1 - 10) << 3, 1, 0, 0];
        Assert.False(decoder.TryDecode(frame, new byte[10], out _, out _, out _));
    }

    [Fact]
    public void TryDecode_DamagedBytes_NeverWritesBeyondTheDestination()
    {
        const int Seed = 20261121;
        var random = new Random(Seed);
        var frame = Encode(Content(50_000), 50_000, 60_000);
        for (var i = 0; i < 500; i++)
        {
            var damaged = frame.ToArray();
            damaged[random.Next(damaged.Length)] ^= (byte)random.Next(1, 256);
            var (content, _, _) = Decode(damaged, random.Next(1, 5000), random.Next(1, 5000), limit: 200_000);
            Assert.True(content.Length <= 200_000 + 5000, $"seed {Seed}, round {i}");
        }
    }

    private static byte[] Content(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes.AsSpan(0, size / 2));
        return bytes;
    }

    private static byte[] Encode(byte[] content, int pieceIn, int pieceOut)
    {
        using var encoder = new ZstdEncoder(content.Length);
        var (frame, piece, start) = (new MemoryStream(), new byte[pieceOut], 0);
        bool isDone, isLast;
        do
        {
            var length = Math.Min(pieceIn, content.Length - start);
            isLast = start + length == content.Length;
            isDone = encoder.Encode(content.AsSpan(start, length), piece, isLast, out var consumed, out var written);
            start += consumed;
            frame.Write(piece, 0, written);
        }
        while (!isDone || !isLast);

        return frame.ToArray();
    }

    private static (byte[] Content, bool IsWhole, string Error) Decode(
        byte[] frame, int pieceIn, int pieceOut, int limit = int.MaxValue)
    {
        using var decoder = new ZstdDecoder();
        var (content, piece, start) = (new MemoryStream(), new byte[pieceOut], 0);
        int written;
        do
        {
            var source = frame.AsSpan(start, Math.Min(pieceIn, frame.Length - start));
            if (!decoder.TryDecode(source, piece, out var consumed, out written, out var error))
            {
                return (content.ToArray(), false, error);
            }

            start += consumed;
            content.Write(piece, 0, written);
        }
        while ((start < frame.Length || written == piece.Length) && content.Length < limit);

        return (content.ToArray(), decoder.IsBetweenFrames, "");
    }
}
