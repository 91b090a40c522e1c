using System.Buffers;
using Fabrik.Testing;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Fabrik;
using Fabrik.Wire.Protos.Fabrik.V1;
using Google.Protobuf;
using Xunit;

namespace Fabrik.ProtocolTests.FabrikProtocol;

/// <summary>The service as any other client sees it: statuses, limits, newer fields, and the small methods.</summary>
public sealed class RawCallTests : IAsyncLifetime
{
    private const string Hash = "AB00000000000000000000000000000000000000000000000000000000000000";

    private readonly FabrikCacheMethods _methods = new();
    private FabrikHost _host = null!;
    private CallInvoker _calls = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await FabrikHost.StartAsync();
        _calls = _host.ConnectRaw();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Miss_OfAGet_IsNotFound() =>
        Assert.Equal(StatusCode.NotFound, await FailGetAsync(new GetRequest { Hash = Hash }));

    [Theory]
    [InlineData("", 0, 0, StatusCode.InvalidArgument)]
    [InlineData("abc", 0, 0, StatusCode.InvalidArgument)]
    [InlineData(Hash, -1, 0, StatusCode.InvalidArgument)]
    [InlineData(Hash, 0, -1, StatusCode.InvalidArgument)]
    [InlineData(Hash, 4, 0, StatusCode.OutOfRange)]
    public async Task BadGet_IsRefused(string hash, long offset, long limit, StatusCode expected)
    {
        await PutAsync(new PutRequest { Hash = Hash, Chunk = ByteString.CopyFrom(1, 2, 3) });

        Assert.Equal(expected, await FailGetAsync(new GetRequest { Hash = hash, Offset = offset, Limit = limit }));
    }

    [Fact]
    public async Task Hash_OfEitherCase_IsOne()
    {
        await PutAsync(new PutRequest { Hash = Hash, Chunk = ByteString.CopyFrom(1, 2, 3) });
        using var call = _calls.AsyncUnaryCall(
            FabrikCacheMethods.Exists, null, default, new ExistsRequest { Hash = Hash.ToLowerInvariant() });

        var answer = await call.ResponseAsync;

        Assert.True(answer.Exists);
        Assert.Equal(3, answer.SizeBytes);
        Assert.Equal("fabrik", answer.Metadata[":tool"]);
    }

    [Fact]
    public async Task Put_WithoutAnnouncements_SaysWhatIsThere()
    {
        var digest = ByteString.CopyFrom(Artifacts.DigestOf([1, 2, 3]).Bytes);

        var stored = await PutAsync(new PutRequest { Hash = Hash, Chunk = ByteString.CopyFrom(1, 2, 3) });
        var kept = await PutAsync(new PutRequest { Hash = Hash, Chunk = ByteString.CopyFrom(4) });

        Assert.Equal(
            new PutResponse
            {
                Success = true,
                SizeBytes = 3,
                Outcome = PutResponse.Types.Outcome.Stored,
                Digest = digest,
            },
            stored);
        Assert.Equal(
            new PutResponse { SizeBytes = 3, Outcome = PutResponse.Types.Outcome.Kept, Digest = digest }, kept);
    }

    public static TheoryData<string, PutRequest[]> BadPuts => new()
    {
        { "no hash", [new PutRequest { Chunk = ByteString.CopyFrom(1) }] },
        { "no hex", [new PutRequest { Hash = "x" }] },
        { "a short digest", [new PutRequest { Hash = Hash, Digest = ByteString.CopyFrom(1) }] },
        { "a negative size", [new PutRequest { Hash = Hash, SizeBytes = -1 }] },
        { "a negative life", [new PutRequest { Hash = Hash, TtlMs = -1 }] },
        { "an endless life", [new PutRequest { Hash = Hash, TtlMs = long.MaxValue }] },
        { "two artifacts", [new PutRequest { Hash = Hash }, new PutRequest { Hash = Hash }] },
        {
            "a huge chunk",
            [new PutRequest { Hash = Hash, Chunk = ByteString.CopyFrom(new byte[FabrikContract.MaxChunk + 1]) }]
        },
    };

    [Theory]
    [MemberData(nameof(BadPuts))]
    public async Task BadPut_IsRefused(string what, PutRequest[] messages)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => PutAsync(messages));

        Assert.True(failure.StatusCode == StatusCode.InvalidArgument, $"{what}: {failure.Status}");
        Assert.Equal("invalid_request", failure.Trailers.GetValue("fabrik-error"));
        Assert.Equal(0, _host.Tier.Count);
    }

    [Fact]
    public async Task Put_WithoutAMessage_IsRefused() =>
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => PutAsync())).StatusCode);

    [Theory]
    [InlineData(31)]
    [InlineData(32 * (FabrikContract.MaxBatch + 1))]
    public async Task BadBatch_IsRefused(int bytes)
    {
        using var call = _calls.AsyncUnaryCall(
            FabrikCacheMethods.BatchExists,
            null,
            default,
            new BatchExistsRequest { Hashes = ByteString.CopyFrom(new byte[bytes]) });

        Assert.Equal(
            StatusCode.InvalidArgument,
            (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
    }

    [Fact]
    public async Task Fields_OfANewerVersion_AreIgnored()
    {
        await PutAsync(new PutRequest { Hash = Hash, Chunk = ByteString.CopyFrom(1, 2, 3) });
        byte[] newer = [.. new ExistsRequest { Hash = Hash }.ToByteArray(), 0xFA, 0x06, 2, 1, 2, 0x98, 0x06, 1];
        var method = new Method<byte[], byte[]>(
            MethodType.Unary, FabrikContract.Service, "Exists", Bytes(), Bytes());

        using var call = _calls.AsyncUnaryCall(method, null, default, newer);

        Assert.True(ExistsResponse.Parser.ParseFrom(await call.ResponseAsync).Exists);
    }

    [Fact]
    public async Task Fields_OfANewerVersion_AreIgnoredInStreams()
    {
        byte[] first = [.. new PutRequest { Hash = Hash, Chunk = ByteString.CopyFrom(1) }.ToByteArray(), 0x98, 0x06, 1];
        byte[] second = [0x98, 0x06, 1, .. new PutRequest { Chunk = ByteString.CopyFrom(2) }.ToByteArray()];
        var method = new Method<byte[], byte[]>(
            MethodType.ClientStreaming, FabrikContract.Service, "Put", Bytes(), Bytes());
        using var call = _calls.AsyncClientStreamingCall(method, null, default);
        await call.RequestStream.WriteAsync(first);
        await call.RequestStream.WriteAsync(second);
        await call.RequestStream.CompleteAsync();

        Assert.Equal(2, PutResponse.Parser.ParseFrom(await call.ResponseAsync).SizeBytes);
    }

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(1u, 1u)]
    [InlineData(7u, 1u)]
    public async Task Hello_OfAnyVersion_AgreesOnTheLowerOne(uint asked, uint agreed)
    {
        using var call = _calls.AsyncUnaryCall(
            FabrikCacheMethods.Hello, null, default, new HelloRequest { Version = asked, Client = "test/1" });

        var answer = await call.ResponseAsync;

        Assert.Equal(agreed, answer.Version);
        Assert.Equal("fabrik/1.2.3", answer.Server);
        Assert.Equal((uint)FabrikContract.MaxBatch, answer.MaxBatch);
        Assert.Equal(FabrikHost.MaxArtifactSize, answer.MaxArtifactBytes);
        Assert.Equal(_host.Clock.GetUtcNow().ToUnixTimeMilliseconds(), answer.UnixMs);
        Assert.Equal("cache:read cache:write cache:delete cache:overwrite admin", string.Join(' ', answer.Permissions));
    }

    [Fact]
    public async Task Stats_SinceAMoment_CountFromItsMinuteOn()
    {
        await ExistsAsync();
        await PutAsync(new PutRequest { Hash = Hash });
        await ExistsAsync();
        _host.Clock.Advance(TimeSpan.FromMinutes(10));
        await ExistsAsync();

        var all = await StatsAsync(new GetStatsRequest());
        var late = await StatsAsync(new GetStatsRequest
        {
            SinceTimestamp = _host.Clock.GetUtcNow().AddMinutes(-5).ToUnixTimeSeconds(),
        });

        Assert.Equal((2u, 1u, 600u), (all.CacheHits, all.CacheMisses, all.UptimeSeconds));
        Assert.Equal((1u, 0u), (late.CacheHits, late.CacheMisses));
    }

    [Fact]
    public async Task Stats_OfTheStore_AreForThoseWhoSeeAllOfIt()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"fabrik-protocol-{Guid.NewGuid():n}");
        try
        {
            await using var host = await FabrikHost.StartAsync(folder);
            await host.Connect().PutAsync(Artifacts.Id("a"), Artifacts.Bytes(1000));

            Assert.Equal(1u, (await StatsAsync(new GetStatsRequest(), host)).ArtifactCount);
            Assert.Equal(0u, (await StatsAsync(new GetStatsRequest(), host, "tenant:one")).ArtifactCount);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Reader_ThatGoesAway_EndsTheCall()
    {
        var bytes = Artifacts.Bytes(50_000_000);
        _host.Tier.Set(FabrikHost.Kept(Artifacts.Id("a")), bytes, Artifacts.Metadata);
        _host.Tier.Form = ArtifactForm.Copied;
        var artifact = await _host.Connect().OpenAsync(Artifacts.Id("a"));
        Assert.Equal(1, _host.Gate.InFlight);

        await artifact.DisposeAsync();

        await Wait.UntilAsync(() => _host.Gate.InFlight == 0);
    }

    private static Marshaller<byte[]> Bytes() => new(static bytes => bytes, static bytes => bytes);

    private async Task ExistsAsync()
    {
        using var call = _calls.AsyncUnaryCall(
            FabrikCacheMethods.Exists, null, default, new ExistsRequest { Hash = Hash });
        await call.ResponseAsync;
    }

    private async Task<GetStatsResponse> StatsAsync(
        GetStatsRequest request, FabrikHost? host = null, string? token = null)
    {
        var options = token is null
            ? default
            : new CallOptions(headers: new Metadata { { "authorization", $"Bearer {token}" } });
        using var call = (host?.ConnectRaw() ?? _calls).AsyncUnaryCall(
            FabrikCacheMethods.GetStats, null, options, request);
        return await call.ResponseAsync;
    }

    private async Task<StatusCode> FailGetAsync(GetRequest request)
    {
        using var call = _calls.AsyncServerStreamingCall(_methods.Get, null, default, request);
        return (await Assert.ThrowsAsync<RpcException>(
            () => call.ResponseStream.MoveNext(CancellationToken.None))).StatusCode;
    }

    private async Task<PutResponse> PutAsync(params PutRequest[] messages)
    {
        using var call = _calls.AsyncClientStreamingCall(_methods.Put, null, default);
        foreach (var message in messages)
        {
            using var sent = _methods.PutChunks.Rent();
            sent.Chunk = new ReadOnlySequence<byte>(message.Chunk.Memory);
            sent.Header = message.Clone();
            sent.Header.Chunk = ByteString.Empty;
            await call.RequestStream.WriteAsync(sent);
        }

        await call.RequestStream.CompleteAsync();
        return await call.ResponseAsync;
    }
}
