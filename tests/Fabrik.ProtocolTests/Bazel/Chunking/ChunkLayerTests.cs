using Fabrik.Testing;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel.Chunking;

/// <summary>Chunks of a blob that lies behind another layer.</summary>
public sealed class ChunkLayerTests : ChunkTest
{
    private static readonly TestBlob Blob = TestBlob.Random(5_000_000);

    private RemoteHost _front = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Host.Tier.Form = ArtifactForm.Copied;
        _front = await RemoteHost.StartBeforeAsync(Host.Tier);
        Host.Set(Blob);
    }

    public override async ValueTask DisposeAsync()
    {
        await _front.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task BlobOfTheNextLayer_IsCutInThisOne()
    {
        var split = await _front.Connect().CallAsync(RemoteMethods.SplitBlob, SplitOf(Blob));

        Assert.Equal(Cut(Blob).Select(chunk => chunk.Message), split.ChunkDigests);
        Assert.Equal(1, Host.Tier.Count);
        Assert.Empty(await _front.Connect().FindMissingAsync(Cut(Blob)));
    }

    [Fact]
    public async Task LayoutOfTheNextLayer_IsTaken_WithoutReadingTheBlob()
    {
        var chunks = await SplitAsync(Blob);

        var split = await _front.Connect().CallAsync(RemoteMethods.SplitBlob, SplitOf(Blob));

        Assert.Equal(chunks, split.ChunkDigests);
        Assert.True(_front.Tier.Count <= 1);
    }

    [Fact]
    public async Task ChunksOfTheNextLayer_AreSplicedInThisOne()
    {
        await SplitAsync(Blob);
        await Host.EvictAsync(Blob);

        await _front.Connect().CallAsync(RemoteMethods.SpliceBlob, SpliceOf(Blob, Cut(Blob)));

        Assert.Empty(await _front.Connect().FindMissingAsync(Blob));
        Assert.Single(await Client.FindMissingAsync(Blob));
    }

    [Fact]
    public async Task NextLayerThatBreaksOff_IsReadOn_AndTheBlobIsCutAllTheSame()
    {
        Host.Tier.DamagedAfter = 3_000_000;

        var split = await _front.Connect().CallAsync(RemoteMethods.SplitBlob, SplitOf(Blob));

        Assert.Equal(Cut(Blob).Select(chunk => chunk.Message), split.ChunkDigests);
    }

    [Fact]
    public async Task NextLayerThatDeliversNothing_IsNotFound()
    {
        Host.Tier.DamagedAfter = 0;

        var status = await _front.Connect().FailAsync(RemoteMethods.SplitBlob, SplitOf(Blob));

        Assert.Equal(StatusCode.NotFound, status.StatusCode);
        Assert.Equal(0, _front.Tier.Count);
    }
}
