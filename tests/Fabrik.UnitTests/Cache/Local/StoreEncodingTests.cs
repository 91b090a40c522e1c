using System.IO.Pipelines;
using System.Text;
using Fabrik.Cache;
using Fabrik.Cache.Codec;
using Xunit;

namespace Fabrik.UnitTests.Cache.Local;

public sealed class StoreEncodingTests
{
    private const string Marker = "these words must not be on the disk";

    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(value => (byte)value)];
    private static readonly byte[] OtherKey = [.. Enumerable.Range(2, 32).Select(value => (byte)value)];

    public static TheoryData<int> Sizes => [0, 1, 1000, 10_000, 70_000, 3_000_000];

    [Theory]
    [InlineData(30_000)]
    [InlineData(100_000)]
    [InlineData(2_000_000)]
    public async Task Put_OfText_TakesLessRoomThanItsSize(int size)
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var content = Text(size);

        await fixture.PutAsync("a", content);

        Assert.True(fixture.Store.Statistics.StoredBytes < size / 2);
        Assert.Equal(content, await fixture.GetAsync("a"));
    }

    [Fact]
    public async Task Put_OfBytesThatDoNotShrink_IsAPlainFile()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var content = StoreFixture.Content(1, 200_000);
        await fixture.PutAsync("a", content);

        await using var artifact = (await fixture.Store.GetAsync(StoreFixture.Id("a"), default)).Value!;

        Assert.True(artifact.TryGetFile(out var file, out var offset));
        var bytes = new byte[content.Length];
        Assert.Equal(bytes.Length, RandomAccess.Read(file!, bytes, offset));
        Assert.Equal(content, bytes);
        Assert.Equal(200_000, new FileInfo(fixture.BlobFiles().Single()).Length);
    }

    [Fact]
    public async Task Put_OfAFile_IsAccountedForByItsLengthOnDisk()
    {
        await using var fixture = await StoreFixture.OpenAsync(options => options with { EncryptionKey = Key });
        await fixture.PutAsync("a", Text(500_000));
        var first = fixture.Store.Statistics.StoredBytes;

        await fixture.PutAsync("b", Text(500_000));

        var record = fixture.Store.Statistics.StoredBytes - first;
        Assert.Equal(first, record + new FileInfo(fixture.BlobFiles().Single()).Length);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Get_OfAnEncryptedContent_ReturnsTheSameBytes(int size)
    {
        await using var fixture = await StoreFixture.OpenAsync(options => options with { EncryptionKey = Key });
        await fixture.PutAsync("text", Text(size));
        await fixture.PutAsync("noise", StoreFixture.Content(1, size));

        await fixture.ReopenAsync();

        Assert.Equal(Text(size), await fixture.GetAsync("text"));
        Assert.Equal(StoreFixture.Content(1, size), await fixture.GetAsync("noise"));
    }

    [Theory]
    [InlineData(CompressionKind.None, 100)]
    [InlineData(CompressionKind.None, 200_000)]
    [InlineData(CompressionKind.Zstd, 100)]
    [InlineData(CompressionKind.Zstd, 30_000)]
    [InlineData(CompressionKind.Zstd, 200_000)]
    public async Task Put_WithAKey_LeavesNoContentOnTheDisk(CompressionKind compression, int size)
    {
        await using var fixture = await StoreFixture.OpenAsync(
            options => options with { EncryptionKey = Key, Compression = compression });
        var content = Encoding.UTF8.GetBytes(Marker).Concat(StoreFixture.Content(1, size)).ToArray();
        await fixture.PutAsync("a", content);
        await fixture.Store.DisposeAsync();

        var marker = Encoding.UTF8.GetBytes(Marker);
        foreach (var file in Directory.EnumerateFiles(fixture.Folder, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            Assert.True(bytes.AsSpan().IndexOf(marker) < 0, $"{file} has the content");
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(30_000)]
    [InlineData(200_000)]
    public async Task Get_WithAnotherKey_IsAMissAndDropsNothing(int size)
    {
        await using var fixture = await StoreFixture.OpenAsync(options => options with { EncryptionKey = Key });
        await fixture.PutAsync("a", Text(size));

        fixture.Options = fixture.Options with { EncryptionKey = OtherKey };
        await fixture.ReopenAsync();
        var other = await fixture.GetAsync("a");
        fixture.Options = fixture.Options with { EncryptionKey = default };
        await fixture.ReopenAsync();
        var none = await fixture.GetAsync("a");
        var report = await fixture.Store.VerifyAsync(null, default);

        Assert.Null(other);
        Assert.Null(none);
        Assert.Equal((0, 0), (report.Damaged, fixture.Store.Statistics.DamagedBlobs));
        fixture.Options = fixture.Options with { EncryptionKey = Key };
        await fixture.ReopenAsync();
        Assert.Equal(Text(size), await fixture.GetAsync("a"));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(200_000)]
    public async Task Put_OfWhatIsThereUnderAnotherKey_MakesItReadable(int size)
    {
        await using var fixture = await StoreFixture.OpenAsync(options => options with { EncryptionKey = Key });
        await fixture.PutAsync("a", Text(size));
        await fixture.PutAsync("b", Text(size));
        fixture.Options = fixture.Options with { EncryptionKey = OtherKey };
        await fixture.ReopenAsync();

        Assert.Equal(PutOutcome.Stored, (await fixture.PutAsync("a", Text(size))).Value);

        Assert.Equal(Text(size), await fixture.GetAsync("a"));
        Assert.Null(await fixture.GetAsync("b"));
        Assert.Equal(Text(size), await fixture.GetAsync("a"));
        Assert.True((await fixture.Store.DeleteAsync(StoreFixture.Id("a"), default)).Value);
        Assert.True((await fixture.Store.DeleteAsync(StoreFixture.Id("b"), default)).Value);
        Assert.Equal((0, 0, 0L), (fixture.Store.Statistics.Entries, fixture.Store.Statistics.Blobs,
            fixture.Store.Statistics.StoredBytes));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Get_AfterTheEncodingChanged_ReadsWhatWasWrittenBefore(int size)
    {
        await using var fixture = await StoreFixture.OpenAsync(
            options => options with { Compression = CompressionKind.None });
        await fixture.PutAsync("plain", Text(size));
        fixture.Options = fixture.Options with { Compression = CompressionKind.Zstd };
        await fixture.ReopenAsync();
        await fixture.PutAsync("zstd", [1, .. Text(size)]);
        fixture.Options = fixture.Options with { EncryptionKey = Key };
        await fixture.ReopenAsync();
        await fixture.PutAsync("sealed", [2, .. Text(size)]);
        fixture.Options = fixture.Options with { Compression = CompressionKind.None };
        await fixture.ReopenAsync();

        Assert.Equal(Text(size), await fixture.GetAsync("plain"));
        Assert.Equal([1, .. Text(size)], await fixture.GetAsync("zstd"));
        Assert.Equal([2, .. Text(size)], await fixture.GetAsync("sealed"));
    }

    [Fact]
    public async Task Put_OfWhatIsThereInAnotherForm_StoresItOnce()
    {
        await using var fixture = await StoreFixture.OpenAsync(
            options => options with { Compression = CompressionKind.None });
        await fixture.PutAsync("a", Text(200_000));
        fixture.Store.Reconfigure(fixture.Options with { Compression = CompressionKind.Zstd });

        await fixture.PutAsync("b", Text(200_000));
        await fixture.PutAsync("c", Text(300_000));

        Assert.Equal(2, fixture.Store.Statistics.Blobs);
        Assert.Equal(Text(200_000), await fixture.GetAsync("b"));
        Assert.True(fixture.Store.Statistics.StoredBytes < 300_000);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(262_143, 2)]
    [InlineData(600_000, 100_000)]
    [InlineData(1_199_999, 1)]
    [InlineData(0, 1_200_000)]
    public async Task Copy_OfARange_IsThatRange(int offset, int length)
    {
        await using var fixture = await StoreFixture.OpenAsync(options => options with { EncryptionKey = Key });
        var content = Text(1_200_000);
        await fixture.PutAsync("a", content);

        Assert.Equal(content[offset..(offset + length)], await CopyAsync(fixture, offset, length));
    }

    [Fact]
    public async Task Copy_OfARange_DoesNotReadOtherFrames()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var content = Text(1_200_000);
        await fixture.PutAsync("a", content);
        var file = fixture.BlobFiles().Single();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[BlobFormat.HeaderLength + 100] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        Assert.Equal(content[^1000..], await CopyAsync(fixture, content.Length - 1000, 1000));
        Assert.Equal(0, fixture.Store.Statistics.DamagedBlobs);
        await Assert.ThrowsAsync<IOException>(() => CopyAsync(fixture, 0, 1000));
        Assert.Equal((1, 0), (fixture.Store.Statistics.DamagedBlobs, fixture.Store.Statistics.Blobs));
        Assert.Null(await fixture.GetAsync("a"));
    }

    [Fact]
    public async Task Get_OfAnEncodedFileWithADamagedTable_IsAMissAndDropsIt()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.PutAsync("a", Text(200_000));
        var file = fixture.BlobFiles().Single();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[^20] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        Assert.Null(await fixture.GetAsync("a"));
        Assert.Equal((1, 0), (fixture.Store.Statistics.DamagedBlobs, fixture.Store.Statistics.Entries));
        Assert.Empty(fixture.BlobFiles());
    }

    [Theory]
    [InlineData(16)]
    [InlineData(33)]
    public async Task Open_WithAKeyOfAnotherLength_SaysWhatIsExpected(int length)
    {
        await using var fixture = await StoreFixture.OpenAsync();

        var opened = await fixture.TryOpenAsync(fixture.Options with { EncryptionKey = new byte[length] });

        Assert.Equal(CacheErrorKind.InvalidRequest, opened.Error!.Kind);
        Assert.Contains($"{length} bytes, expected 32", opened.Error.Message, StringComparison.Ordinal);
    }

    private static byte[] Text(int size)
    {
        var text = new StringBuilder(size + 64);
        for (var i = 0; text.Length < size; i++)
        {
            text.Append("entry ").Append(i).Append(" of a build log, ").Append(Marker).Append(i % 7).Append('\n');
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, size));
    }

    private static async Task<byte[]> CopyAsync(StoreFixture fixture, int offset, int length)
    {
        await using var artifact = (await fixture.Store.GetAsync(StoreFixture.Id("a"), default)).Value!;
        using var bytes = new MemoryStream();
        var writer = PipeWriter.Create(bytes);
        var copied = await artifact.CopyToAsync(writer, offset, length, default);
        await writer.CompleteAsync();
        return copied.Error is null ? bytes.ToArray() : throw new IOException(copied.Error.Message);
    }
}
