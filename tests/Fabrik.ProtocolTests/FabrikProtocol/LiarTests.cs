using System.Buffers;
using Fabrik.Cache;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Chunks;
using Fabrik.Wire.Protos.Fabrik;
using Fabrik.Wire.Protos.Fabrik.V1;
using Google.Protobuf;
using Xunit;

namespace Fabrik.ProtocolTests.FabrikProtocol;

/// <summary>Servers that say one thing and send another: no wrong byte is taken for a right one.</summary>
public sealed class LiarTests
{
    private static readonly byte[] Small = Artifacts.Bytes(1000);
    private static readonly byte[] Large = Artifacts.Bytes(300_000);

    private readonly FabrikCacheMethods _methods = new();

    [Fact]
    public async Task OtherBytes_InOneMessage_AreRefusedAtOnce() => await CheckGetAsync(
        CacheErrorKind.DigestMismatch,
        Describe(Small, [.. Small[1..], 0]));

    [Fact]
    public async Task MoreBytes_ThanAnnounced_AreRefusedAtOnce() => await CheckGetAsync(
        CacheErrorKind.Io,
        Describe(Small, Small),
        new GetResponse { Chunk = ByteString.CopyFrom(1) });

    [Fact]
    public async Task NoDigest_IsAnOlderServer() => await CheckGetAsync(
        CacheErrorKind.Io,
        new GetResponse { Chunk = ByteString.CopyFrom(Small), Metadata = { ["a"] = "b" } });

    [Fact]
    public async Task NegativeSize_IsNoAnswer()
    {
        var message = Describe(Small, Small);
        message.SizeBytes = -1;
        await CheckGetAsync(CacheErrorKind.Io, message);
    }

    [Fact]
    public async Task OtherBytes_InManyMessages_AreNotTakenToTheirEnd()
    {
        var (error, read) = await CopyAsync(
            Describe(Large, Large[..100_000]),
            new GetResponse { Chunk = ByteString.CopyFrom(Large, 100_000, 100_000) },
            new GetResponse { Chunk = ByteString.CopyFrom([.. Large[200_001..], 0]) });

        Assert.Equal(CacheErrorKind.DigestMismatch, error!.Kind);
        Assert.Equal(CacheErrorSource.Upstream, error.Source);
        Assert.Equal(Large[..200_000], read);
    }

    [Fact]
    public async Task OtherBytes_WhereTheReaderChecks_ArePassedOn()
    {
        byte[] wrong = [.. Small[1..], 0];
        await using var host = await FabrikHost.StartAsync(Answering([Describe(Small, wrong)]));

        Assert.Equal(wrong, await host.ConnectUnchecked().ReadAllAsync(Artifacts.Id("a")));
    }

    [Fact]
    public async Task FewerBytes_ThanAnnounced_AreIncomplete()
    {
        var (error, read) = await CopyAsync(
            Describe(Large, Large[..100_000]), new GetResponse { Chunk = ByteString.CopyFrom(1) });

        Assert.Equal(CacheErrorKind.Incomplete, error!.Kind);
        Assert.Equal(100_001, read.Length);
    }

    [Fact]
    public async Task MoreBytes_InManyMessages_AreRefused()
    {
        var (error, _) = await CopyAsync(
            Describe(Large, Large[..100_000]),
            new GetResponse { Chunk = ByteString.CopyFrom([.. Large[100_000..], 0]) });

        Assert.Equal(CacheErrorKind.Io, error!.Kind);
    }

    [Fact]
    public async Task MessageBehindTheEnd_IsRefused()
    {
        var (error, _) = await CopyAsync(
            Describe(Large, Large[..100_000]),
            new GetResponse { Chunk = ByteString.CopyFrom(Large[100_000..]) },
            new GetResponse { Chunk = ByteString.CopyFrom(1) });

        Assert.Equal(CacheErrorKind.Io, error!.Kind);
    }

    [Fact]
    public async Task OtherContent_AtASecondLook_IsAMismatch()
    {
        await using var host = await FabrikHost.StartAsync();
        var tier = host.Connect();
        await tier.PutAsync(Artifacts.Id("a"), Large);
        await using var artifact = await tier.OpenAsync(Artifacts.Id("a"));
        await tier.PutAsync(Artifacts.Id("a"), Artifacts.Bytes(300_001), o => o with { Overwrite = true });

        var (changed, _) = await artifact.ReadAsync(10, 20);
        await tier.DeleteAsync(Artifacts.Id("a"), CancellationToken.None);
        var (gone, _) = await artifact.ReadAsync(10, 20);

        Assert.Equal(CacheErrorKind.DigestMismatch, changed.Error!.Kind);
        Assert.Equal(CacheErrorKind.Incomplete, gone.Error!.Kind);

        // What was opened before goes on.
        Assert.Equal(Large, (await artifact.ReadAsync(0, Large.Length)).Bytes);
    }

    [Fact]
    public async Task OtherDigest_InTheAnswerToAPut_IsAMismatch()
    {
        ClientStreamingServerMethod<ChunkMessage<PutRequest>, PutResponse> lie = static async (stream, context) =>
        {
            while (await stream.MoveNext(context.CancellationToken))
            {
                stream.Current.Dispose();
            }

            return new PutResponse { Success = true, Digest = ByteString.CopyFrom(new byte[32]) };
        };
        var service = ServerServiceDefinition.CreateBuilder().AddMethod(_methods.Put, lie);
        await using var host = await FabrikHost.StartAsync(service.Build());

        var result = await host.Connect().PutAsync(Artifacts.Id("a"), Large);

        Assert.Equal(CacheErrorKind.DigestMismatch, result.Error!.Kind);
    }

    [Fact]
    public async Task ShortAnswer_ToABatch_IsRefused()
    {
        UnaryServerMethod<BatchExistsRequest, BatchExistsResponse> lie = static (_, _) =>
            Task.FromResult(new BatchExistsResponse { Found = ByteString.CopyFrom(255) });
        var service = ServerServiceDefinition.CreateBuilder().AddMethod(FabrikCacheMethods.BatchExists, lie);
        await using var host = await FabrikHost.StartAsync(service.Build());

        var result = await host.Connect().ContainsAsync(
            Enumerable.Repeat(Artifacts.Id("a"), 9).ToArray(), new bool[9], CancellationToken.None);

        Assert.Equal(CacheErrorKind.Io, result.Error!.Kind);
    }

    private static GetResponse Describe(byte[] announced, byte[] chunk) => new()
    {
        SizeBytes = announced.Length,
        Digest = ByteString.CopyFrom(Artifacts.DigestOf(announced).Bytes),
        Chunk = ByteString.CopyFrom(chunk),
    };

    private async Task CheckGetAsync(CacheErrorKind kind, params GetResponse[] messages)
    {
        await using var host = await FabrikHost.StartAsync(Answering(messages));

        var found = await host.Connect().GetAsync(Artifacts.Id("a"), CancellationToken.None);

        Assert.Equal(kind, found.Error!.Kind);
        Assert.Equal(CacheErrorSource.Upstream, found.Error.Source);
    }

    private async Task<(CacheError? Error, byte[] Read)> CopyAsync(params GetResponse[] messages)
    {
        await using var host = await FabrikHost.StartAsync(Answering(messages));
        await using var artifact = await host.Connect().OpenAsync(Artifacts.Id("a"));
        var (result, read) = await artifact.ReadAsync(0, artifact.Info.Size);
        return (result.Error, read);
    }

    private ServerServiceDefinition Answering(GetResponse[] messages)
    {
        return ServerServiceDefinition.CreateBuilder().AddMethod(
            _methods.Get, (ServerStreamingServerMethod<GetRequest, ChunkMessage<GetResponse>>)AnswerAsync).Build();

        async Task AnswerAsync(
            GetRequest request, IServerStreamWriter<ChunkMessage<GetResponse>> stream, ServerCallContext context)
        {
            foreach (var message in messages)
            {
                using var sent = _methods.GetChunks.Rent();
                sent.Chunk = new ReadOnlySequence<byte>(message.Chunk.Memory);
                sent.Header = message.Clone();
                sent.Header.Chunk = ByteString.Empty;
                await stream.WriteAsync(sent, context.CancellationToken);
            }
        }
    }
}
