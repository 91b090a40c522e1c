using Xunit;

namespace Fabrik.ProtocolTests.Bazel.Chunking;

/// <summary>Chunks in a store on disk.</summary>
public sealed class ChunkStoreTests : ChunkTest
{
    private readonly DirectoryInfo _folder = System.IO.Directory.CreateTempSubdirectory("fabrik-chunks-");

    public override async ValueTask InitializeAsync() => await StartAsync(_folder.FullName);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task BlobOfChunks_IsSplicedAndSplit_AndOutlivesThem()
    {
        var blob = TestBlob.Random(20 * 1024 * 1024);
        var chunks = Cut(blob);
        await UploadAsync(chunks);
        await SpliceAsync(blob, chunks);

        Assert.Equal(chunks.Select(chunk => chunk.Message), await SplitAsync(blob));
        Assert.Equal(blob.Digest, new TestBlob(await StoredAsync(blob.Message)).Digest);

        foreach (var chunk in chunks[5..8])
        {
            await Host.EvictAsync(chunk);
        }

        Assert.Equal(blob.Digest, new TestBlob(await StoredAsync(blob.Message)).Digest);
        Assert.Equal(chunks.Select(chunk => chunk.Message), await SplitAsync(blob));
        Assert.Empty(await Client.FindMissingAsync(chunks));
    }

    [Fact]
    public async Task ChangedBlob_NeedsFewNewChunks()
    {
        var before = TestBlob.Random(10 * 1024 * 1024);
        await UploadAsync(Cut(before));
        await SpliceAsync(before, Cut(before));
        var after = new TestBlob([.. before.Bytes[..5_000_000], 1, 2, 3, .. before.Bytes[5_000_000..]]);
        var chunks = Cut(after);

        var missing = await Client.FindMissingAsync(chunks);
        Assert.InRange(missing.Count, 1, 3);
        await UploadAsync(chunks.Where(chunk => missing.Contains(chunk.Message)));
        await SpliceAsync(after, chunks);

        Assert.Equal(after.Digest, new TestBlob(await StoredAsync(after.Message)).Digest);
    }
}
