using Fabrik.Cache;
using Fabrik.Testing;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel.Chunking;

/// <summary>What a failing store does to splits and splices.</summary>
public sealed class ChunkFaultTests : ChunkTest
{
    private static readonly TestBlob[] Chunks = [TestBlob.Random(300_000), TestBlob.Random(200_000)];
    private static readonly TestBlob Blob = Concat(Chunks);

    [Theory]
    [InlineData(CacheErrorKind.StorageFull, StatusCode.ResourceExhausted)]
    [InlineData(CacheErrorKind.ReadOnly, StatusCode.FailedPrecondition)]
    [InlineData(CacheErrorKind.Unavailable, StatusCode.Unavailable)]
    public async Task StoreThatTakesNothing_FailsSplices_AndSplitsNothing(CacheErrorKind kind, StatusCode expected)
    {
        var large = TestBlob.Random(3_000_000);
        Host.Set(large);
        await UploadAsync(Chunks);
        Host.Tier.Fault.Put = kind;

        var split = await Client.FailAsync(RemoteMethods.SplitBlob, SplitOf(large));
        var splice = await Client.FailAsync(RemoteMethods.SpliceBlob, SpliceOf(Blob, Chunks));

        Assert.Equal((StatusCode.NotFound, expected), (split.StatusCode, splice.StatusCode));
        Assert.False(HasLayout(large));
        Host.Tier.Fault.Put = null;
        await SplitAsync(large);
        await SpliceAsync(Blob, Chunks);
    }

    [Fact]
    public async Task StoreThatIsGone_IsTold()
    {
        Host.Tier.Fault.SetAll(CacheErrorKind.Unavailable);

        var split = await Client.FailAsync(RemoteMethods.SplitBlob, SplitOf(Blob));
        var splice = await Client.FailAsync(RemoteMethods.SpliceBlob, SpliceOf(Blob, Chunks));

        Assert.Equal((StatusCode.Unavailable, StatusCode.Unavailable), (split.StatusCode, splice.StatusCode));
    }

    [Fact]
    public async Task Damage_FoundOnTheWay_LeavesNothingBehind()
    {
        var large = TestBlob.Random(3_000_000);
        Host.Set(large);
        await UploadAsync(Chunks);
        (Host.Tier.Form, Host.Tier.DamagedAfter) = (ArtifactForm.Copied, 150_000);

        var split = await Client.FailAsync(RemoteMethods.SplitBlob, SplitOf(large));
        var splice = await Client.FailAsync(RemoteMethods.SpliceBlob, SpliceOf(Blob, Chunks));

        Assert.Equal((StatusCode.DataLoss, StatusCode.DataLoss), (split.StatusCode, splice.StatusCode));
        Assert.False(HasLayout(large) || HasLayout(Blob));
        Assert.Single(await Client.FindMissingAsync(Blob));
    }

    [Fact]
    public async Task StoreThatIsFullInTheMiddle_StoresNoBlob()
    {
        await UploadAsync(Chunks);
        Host.Tier.FullAfter = 350_000;

        var status = await Client.FailAsync(RemoteMethods.SpliceBlob, SpliceOf(Blob, Chunks));

        Assert.Equal(StatusCode.ResourceExhausted, status.StatusCode);
        Assert.Single(await Client.FindMissingAsync(Blob));
    }
}
