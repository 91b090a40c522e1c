using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel.Chunking;

/// <summary>Who may split and splice, and whose chunks are whose.</summary>
public sealed class ChunkAccessTests : ChunkTest
{
    private static readonly TestBlob[] Chunks = [TestBlob.Random(300_000), TestBlob.Random(200_000)];
    private static readonly TestBlob Blob = Concat(Chunks);

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Host.Authenticator.Open = false;
    }

    [Theory]
    [InlineData(null, StatusCode.Unauthenticated, StatusCode.Unauthenticated)]
    [InlineData("ro", null, StatusCode.PermissionDenied)]
    [InlineData("wo", StatusCode.PermissionDenied, null)]
    [InlineData("rw", null, null)]
    public async Task Token_AllowsWhatItHolds(string? token, StatusCode? splits, StatusCode? splices)
    {
        Host.Set(Blob);
        var client = Host.Connect(token);

        Assert.Equal(splits, await TryAsync(client, RemoteMethods.SplitBlob, SplitOf(Blob)));
        Assert.Equal(splices, await TryAsync(client, RemoteMethods.SpliceBlob, SpliceOf(Blob, Chunks)));
    }

    [Theory]
    [InlineData("ro", true, false)]
    [InlineData("wo", false, true)]
    [InlineData("rw", true, true)]
    public async Task Capabilities_SayWhatTheTokenAllows(string token, bool splits, bool splices)
    {
        var said = (await Host.Connect(token).CapabilitiesAsync()).CacheCapabilities;

        Assert.Equal((splits, splices), (said.SplitBlobSupport, said.SpliceBlobSupport));
        Assert.Equal(
            new FastCdc2020Params { AvgChunkSizeBytes = 512 * 1024, Seed = 0 }, said.FastCdc2020Params);
        Assert.Null(said.RepMaxCdcParams);
    }

    [Fact]
    public async Task Tenants_SeeNothingOfEachOther()
    {
        var (one, two) = (Host.Connect("tenant:one"), Host.Connect("tenant:two"));
        await one.UploadAsync(Chunks);
        Assert.Equal(
            StatusCode.NotFound, await TryAsync(two, RemoteMethods.SpliceBlob, SpliceOf(Blob, Chunks)));
        await one.CallAsync(RemoteMethods.SpliceBlob, SpliceOf(Blob, Chunks));

        Assert.Null(await TryAsync(one, RemoteMethods.SplitBlob, SplitOf(Blob)));
        Assert.Equal(StatusCode.NotFound, await TryAsync(two, RemoteMethods.SplitBlob, SplitOf(Blob)));
    }

    [Fact]
    public async Task Scopes_HaveBlobsAndLayoutsInCommon()
    {
        await Host.Connect("scope:branch,main").UploadAsync(Chunks);
        await Host.Connect("scope:branch,main").CallAsync(RemoteMethods.SpliceBlob, SpliceOf(Blob, Chunks));

        var split = await Host.Connect("scope:main").CallAsync(RemoteMethods.SplitBlob, SplitOf(Blob));

        Assert.Equal(Chunks.Select(chunk => chunk.Message), split.ChunkDigests);
    }

    private static async Task<StatusCode?> TryAsync<TRequest, TResponse>(
        RemoteClient client, Method<TRequest, TResponse> method, TRequest request)
        where TRequest : class
        where TResponse : class
    {
        try
        {
            await client.CallAsync(method, request);
            return null;
        }
        catch (RpcException failure)
        {
            return failure.StatusCode;
        }
    }
}
