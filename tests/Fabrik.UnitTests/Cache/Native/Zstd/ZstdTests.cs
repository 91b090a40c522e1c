using Fabrik.Cache.Native.Zstd;
using Xunit;

namespace Fabrik.UnitTests.Cache.Native.Zstd;

public sealed class ZstdTests
{
    [Theory]
    [InlineData(-5)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(19)]
    public void TryDecompress_WhatWasCompressed_IsTheSame(int level)
    {
        var content = new byte[100_000];
        new Random(level).NextBytes(content.AsSpan(50_000));
        using var compressor = new ZstdCompressor();
        using var decompressor = new ZstdDecompressor();
        var frame = new byte[ZstdCompressor.Bound(content.Length)];
        var length = compressor.Compress(content, frame, level);
        var back = new byte[content.Length];
        Assert.True(decompressor.TryDecompress(frame.AsSpan(0, length), back, out _));
        Assert.Equal(content, back);
    }

    [Fact]
    public void TryDecompress_NoFrame_NamesTheError()
    {
        using var decompressor = new ZstdDecompressor();
        Assert.False(decompressor.TryDecompress("no frame at all"u8, new byte[10], out var error));
        Assert.Equal("Unknown frame descriptor", error);
    }

    [Theory]
    [InlineData(99)]
    [InlineData(101)]
    public void TryDecompress_ContentOfAnotherLength_IsRefused(int length)
    {
        using var compressor = new ZstdCompressor();
        using var decompressor = new ZstdDecompressor();
        var frame = new byte[ZstdCompressor.Bound(100)];
        var stored = compressor.Compress(new byte[100], frame, 3);
        Assert.False(decompressor.TryDecompress(frame.AsSpan(0, stored), new byte[length], out _));
    }

    [Fact]
    public void Compress_DestinationTooSmall_Throws()
    {
        using var compressor = new ZstdCompressor();
        var content = new byte[1000];
        new Random(1).NextBytes(content);
        var error = Assert.Throws<InvalidOperationException>(() => compressor.Compress(content, new byte[100], 3));
        Assert.Contains("Destination buffer is too small", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Return_MoreThanTheCores_FreesTheSurplus()
    {
        var contexts = new ZstdContexts<ZstdDecompressor>(() => new ZstdDecompressor());
        var rented = Enumerable.Range(0, Environment.ProcessorCount + 1).Select(_ => contexts.Rent()).ToList();
        rented.ForEach(contexts.Return);
        Assert.True(rented[^1].IsClosed);
        Assert.Same(rented[0], contexts.Rent());
    }
}
