using Fabrik.Cache;
using Fabrik.Server.Adapters.Bazel;
using Fabrik.Server.Auth;
using Fabrik.Testing;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Google.Bytestream;
using Google.Protobuf;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel.ByteStream;

/// <summary>Write and QueryWriteStatus of blobs as they are.</summary>
public sealed class WriteTests : IAsyncLifetime
{
    private static readonly Blob Large = Blob.Of(300_000);
    private static readonly ByteString Three = ByteString.CopyFrom(Blob.Of(3).Bytes);
    private static readonly Blob Small = Blob.Of(3);

    private StreamHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await StreamHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(1, 64 * 1024)]
    [InlineData(131_072, 64 * 1024)]
    [InlineData(131_073, 64 * 1024)]
    [InlineData(300_000, 1000)]
    [InlineData(9_000_000, 3_000_000)]
    public async Task Blob_InPieces_IsStored(int size, int piece)
    {
        var blob = Blob.Of(size);

        var answer = await _host.Connect().WriteAsync(blob.WriteName, blob.Bytes, piece);

        Assert.Equal(size, answer.CommittedSize);
        Assert.Equal(blob.Bytes, await _host.Connect().ReadAsync(blob.ReadName));
        Assert.Equal("bazel", _host.Tier.LastPut!.Metadata.Tool);
    }

    [Fact]
    public async Task Name_InEveryMessage_IsAllowed()
    {
        var messages = StreamClient.Pieces(Large.WriteName, Large.Bytes).ToArray();
        Array.ForEach(messages, message => message.ResourceName = Large.WriteName);

        Assert.Equal(300_000, (await _host.Connect().SendAsync(messages)).CommittedSize);
    }

    [Fact]
    public async Task End_InAMessageOfItsOwn_IsAllowed()
    {
        var answer = await _host.Connect().SendAsync(
            new WriteRequest { ResourceName = Small.WriteName },
            new WriteRequest { Data = Three },
            new WriteRequest { WriteOffset = 3, FinishWrite = true });

        Assert.Equal(3, answer.CommittedSize);
        Assert.Equal(1, _host.Tier.Count);
    }

    public static TheoryData<string, WriteRequest[]> BadWrites
    {
        get
        {
            var name = Small.WriteName;
            var other = ResourceName.ForWrite("main", "u2", Small.Digest).ToString();
            var wrong = ByteString.CopyFrom(9, 9, 9);
            var one = ByteString.CopyFrom(1);
            var first = new WriteRequest { ResourceName = name, Data = Three };
            return new()
            {
                { "no message", [] },
                { "no name", [new() { Data = Three, FinishWrite = true }] },
                { "a name for reading", [new() { ResourceName = Small.ReadName, Data = Three, FinishWrite = true }] },
                { "a late beginning", [new() { ResourceName = name, WriteOffset = 1, FinishWrite = true }] },
                { "a negative offset", [new() { ResourceName = name, WriteOffset = -1, FinishWrite = true }] },
                { "a gap", [first, new() { WriteOffset = 4, FinishWrite = true }] },
                { "an overlap", [first, new() { WriteOffset = 2, FinishWrite = true }] },
                { "no offset", [first, new() { FinishWrite = true }] },
                { "two names", [first, new() { ResourceName = other, WriteOffset = 3, FinishWrite = true }] },
                { "a byte too many", [first, new() { WriteOffset = 3, Data = one, FinishWrite = true }] },
                { "a byte too few", [new() { ResourceName = name, Data = one, FinishWrite = true }] },
                { "other bytes", [new() { ResourceName = name, Data = wrong, FinishWrite = true }] },
                {
                    "data behind the end",
                    [
                        new() { ResourceName = name, Data = Three, FinishWrite = true },
                        new() { WriteOffset = 3, Data = ByteString.CopyFrom(1) },
                    ]
                },
                {
                    "two ends",
                    [
                        new() { ResourceName = name, Data = Three, FinishWrite = true },
                        new() { WriteOffset = 3, FinishWrite = true },
                    ]
                },
            };
        }
    }

    [Theory]
    [MemberData(nameof(BadWrites))]
    public async Task BadWrite_IsRefusedAndStoresNothing(string what, WriteRequest[] messages)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => _host.Connect().SendAsync(messages));

        Assert.True(failure.StatusCode == StatusCode.InvalidArgument, $"{what}: {failure.Status}");
        Assert.Equal(0, _host.Tier.Count);
    }

    [Fact]
    public async Task Blob_ThatIsTooLarge_IsRefusedBeforeItsBytes()
    {
        Assert.True(BlobDigest.TryParse(Small.Digest.Hash, StreamHost.MaxBlob + 1, out var digest, out _));
        var client = _host.Connect();
        using var call = client.BeginWrite();
        await client.WriteAsync(call, new() { ResourceName = ResourceName.ForWrite("", "u", digest).ToString() });

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);

        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        Assert.Equal("too_large", failure.Trailers.GetValue("fabrik-error"));
    }

    [Fact]
    public async Task Blob_ThatIsThere_IsNotWaitedFor()
    {
        _host.Set(Large);
        var client = _host.Connect();
        using var call = client.BeginWrite();
        await client.WriteAsync(call, new() { ResourceName = Large.WriteName, Data = Three });

        Assert.Equal(300_000, (await call.ResponseAsync).CommittedSize);
        Assert.Equal(0, _host.Tier.Puts);
    }

    [Fact]
    public async Task EmptyBlob_IsThereAndNeverStored()
    {
        var empty = Blob.Of(0);
        var client = _host.Connect();

        Assert.Equal(0, (await client.WriteAsync(empty.WriteName, [])).CommittedSize);
        Assert.Equal(0, _host.Tier.Puts);
        Assert.True((await client.QueryAsync(empty.WriteName)).Complete);
    }

    [Fact]
    public async Task Stream_WithoutAnEnd_StoresNothingAndSaysSo()
    {
        var client = _host.Connect();
        var messages = StreamClient.Pieces(Large.WriteName, Large.Bytes).ToArray();
        messages[^1].FinishWrite = false;

        Assert.Equal(new WriteResponse(), await client.SendAsync(messages));
        Assert.Equal(0, _host.Tier.Count);
        Assert.Equal(new QueryWriteStatusResponse(), await client.QueryAsync(Large.WriteName));

        // As it was told, it begins anew.
        Assert.Equal(300_000, (await client.WriteAsync(Large.WriteName, Large.Bytes)).CommittedSize);
        Assert.Equal(
            new QueryWriteStatusResponse { CommittedSize = 300_000, Complete = true },
            await client.QueryAsync(Large.WriteName));
        Assert.Equal(
            new QueryWriteStatusResponse { CommittedSize = 300_000, Complete = true },
            await client.QueryAsync(Large.WriteZstdName));
    }

    [Fact]
    public async Task Writer_ThatGoesAway_LeavesNothing()
    {
        var client = _host.Connect();
        var call = client.BeginWrite();
        foreach (var message in StreamClient.Pieces(Large.WriteName, Large.Bytes).SkipLast(1))
        {
            await client.WriteAsync(call, message);
        }

        await Wait.UntilAsync(() => _host.Gate.InFlight == 1);
        call.Dispose();

        await Wait.UntilAsync(() => _host.Gate.InFlight == 0);
        Assert.Equal(0, _host.Tier.Count);
        Assert.False((await client.QueryAsync(Large.WriteName)).Complete);
    }

    [Theory]
    [InlineData("ro", StatusCode.PermissionDenied)]
    [InlineData("bad", StatusCode.Unauthenticated)]
    public async Task Token_ThatMayNotWrite_IsRefused(string token, StatusCode expected)
    {
        var client = _host.Connect(token);

        Assert.Equal(expected, await client.FailSendAsync([.. StreamClient.Pieces(Small.WriteName, Small.Bytes)]));
        Assert.Equal(
            expected, (await Assert.ThrowsAsync<RpcException>(() => client.QueryAsync(Small.WriteName))).StatusCode);
        Assert.Equal(0, _host.Tier.Count);
    }

    [Fact]
    public async Task Tenant_WritesForItself()
    {
        await _host.Connect("tenant:a").WriteAsync(Small.WriteName, Small.Bytes);

        var owner = CachePrincipal.Anonymous with { Tenant = "a" };
        Assert.NotNull(_host.Tier.Find(BlobSpace.IdOf(owner, Small.Digest)));
        Assert.False((await _host.Connect("tenant:b").QueryAsync(Small.WriteName)).Complete);
    }

    [Theory]
    [InlineData(CacheErrorKind.StorageFull, StatusCode.ResourceExhausted)]
    [InlineData(CacheErrorKind.ReadOnly, StatusCode.FailedPrecondition)]
    [InlineData(CacheErrorKind.Io, StatusCode.Internal)]
    [InlineData(CacheErrorKind.ShuttingDown, StatusCode.Unavailable)]
    public async Task Tier_ThatFails_IsTold(CacheErrorKind kind, StatusCode expected)
    {
        _host.Tier.Fault.Contains = kind;
        _host.Tier.Fault.Put = kind;
        var client = _host.Connect();

        Assert.Equal(expected, await client.FailSendAsync([.. StreamClient.Pieces(Large.WriteName, Large.Bytes)]));
        Assert.Equal(
            expected, (await Assert.ThrowsAsync<RpcException>(() => client.QueryAsync(Large.WriteName))).StatusCode);
    }

    [Fact]
    public async Task Tier_ThatBecomesFull_IsTold()
    {
        _host.Tier.FullAfter = 100_000;

        Assert.Equal(
            StatusCode.ResourceExhausted,
            await _host.Connect().FailSendAsync([.. StreamClient.Pieces(Large.WriteName, Large.Bytes)]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("blobs/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855/0")]
    public async Task Query_OfNoUpload_IsRefused(string name) => Assert.Equal(
        StatusCode.InvalidArgument,
        (await Assert.ThrowsAsync<RpcException>(() => _host.Connect().QueryAsync(name))).StatusCode);
}
