using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Chunks;
using Fabrik.Wire.Protos.Fabrik;
using Fabrik.Wire.Protos.Fabrik.V1;
using Google.Protobuf;
using Xunit;

namespace Fabrik.ProtocolTests.FabrikProtocol;

/// <summary>Many artifacts at once; and servers that have no batches.</summary>
public sealed class BatchTests : IAsyncLifetime
{
    private FabrikHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await FabrikHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task TenThousandIds_AreOneRoundTrip()
    {
        var (ids, expected) = Fill(10_000);
        var found = new bool[ids.Length];

        Assert.Null((await _host.Connect().ContainsAsync(ids, found, CancellationToken.None)).Error);

        Assert.Equal(expected, found);
        Assert.Equal(FabrikCacheMethods.BatchExists.FullName, Assert.Single(_host.Requests));
    }

    [Fact]
    public async Task MoreIds_ThanABatchTakes_AreSeveralBatches()
    {
        var (ids, expected) = Fill(FabrikContract.MaxBatch + 1);
        var found = new bool[ids.Length];

        Assert.Null((await _host.Connect().ContainsAsync(ids, found, CancellationToken.None)).Error);

        Assert.Equal(expected, found);
        Assert.Equal(2, _host.Requests.Count);
    }

    [Fact]
    public async Task NoIds_AreNoRoundTrip()
    {
        Assert.Null((await _host.Connect().ContainsAsync(default, default, CancellationToken.None)).Error);
        Assert.Empty(_host.Requests);
    }

    [Fact]
    public async Task Server_WithoutBatches_IsAskedOneByOne()
    {
        _host.Missing.Add(FabrikCacheMethods.BatchExists.FullName);
        var tier = _host.Connect();
        var (ids, expected) = Fill(100);
        var found = new bool[ids.Length];

        Assert.Null((await tier.ContainsAsync(ids, found, CancellationToken.None)).Error);
        Assert.Equal(expected, found);
        Assert.Null((await tier.ContainsAsync(ids, found, CancellationToken.None)).Error);
        Assert.Equal(expected, found);

        // It is remembered that there are no batches.
        Assert.Equal(201, _host.Requests.Count);
    }

    [Fact]
    public async Task Server_WithoutBatches_IsNotAskedWithoutEnd()
    {
        _host.Missing.Add(FabrikCacheMethods.BatchExists.FullName);
        var ids = Enumerable.Range(0, 5000).Select(i => Artifacts.Id("a")).ToArray();
        await _host.Connect().PutAsync(ids[0], [1]);
        var found = new bool[ids.Length];

        Assert.Null((await _host.Connect().ContainsAsync(ids, found, CancellationToken.None)).Error);

        Assert.Equal(4096, found.Count(there => there));
        Assert.True(found[4095]);
    }

    [Fact]
    public async Task Server_WithoutBatches_FailsAsASingleQuestionFails()
    {
        _host.Missing.Add(FabrikCacheMethods.BatchExists.FullName);
        _host.Tier.Fault.Stat = CacheErrorKind.Overloaded;

        var result = await _host.Connect().ContainsAsync(Fill(100).Ids, new bool[100], CancellationToken.None);

        Assert.Equal(CacheErrorKind.Overloaded, result.Error!.Kind);
        Assert.True(_host.Requests.Count <= 40);
    }

    [Fact]
    public async Task Server_ThatCannotAllowAMiss_IsUnderstood()
    {
        var methods = new FabrikCacheMethods();
        await using var host = await FabrikHost.StartAsync(
            ServerServiceDefinition.CreateBuilder().AddMethod(
                methods.Get, (ServerStreamingServerMethod<GetRequest, ChunkMessage<GetResponse>>)MissAsync).Build());

        Assert.True(await host.Connect().IsMissAsync(Artifacts.Id("a")));

        static Task MissAsync(
            GetRequest request, IServerStreamWriter<ChunkMessage<GetResponse>> stream, ServerCallContext context)
        {
            context.Status = new Status(StatusCode.NotFound, "");
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Touch_SaysWhatIsThere()
    {
        var (ids, expected) = Fill(10);
        using var call = _host.ConnectRaw().AsyncUnaryCall(
            FabrikCacheMethods.Touch,
            null,
            default,
            new TouchRequest { Hashes = ByteString.CopyFrom([.. ids.SelectMany(id => id.Bytes.ToArray())]) });

        var found = new bool[10];
        Assert.True(FoundBits.TryUnpack((await call.ResponseAsync).Found.Span, found));
        Assert.Equal(expected, found);
    }

    private (ArtifactId[] Ids, bool[] Expected) Fill(int count)
    {
        var ids = Enumerable.Range(0, count).Select(i => Artifacts.Id($"{i}")).ToArray();
        var expected = Enumerable.Range(0, count).Select(i => i % 3 == 0).ToArray();
        for (var i = 0; i < count; i += 3)
        {
            _host.Tier.Set(FabrikHost.Kept(ids[i]), [1], Artifacts.Metadata);
        }

        return (ids, expected);
    }
}
