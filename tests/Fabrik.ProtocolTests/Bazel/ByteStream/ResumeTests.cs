using Fabrik.Server.Adapters.Bazel.ByteStream;
using Fabrik.Testing;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Google.Bytestream;
using Google.Protobuf;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel.ByteStream;

/// <summary>Uploads that break off, and go on where they did.</summary>
public sealed class ResumeTests : IAsyncLifetime
{
    private const int Piece = 64 * 1024;

    private static readonly Blob Large = Blob.Of(2_000_000);

    private StreamHost _host = null!;
    private StreamClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await StreamHost.StartAsync();
        _client = _host.Connect();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(31)]
    public async Task Writer_ThatWentAway_GoesOnWhereItWas(int pieces)
    {
        await BreakOffAsync(_client, pieces);
        var committed = await CommittedAsync();
        Assert.InRange(committed, 1, (long)pieces * Piece);

        var answer = await _client.SendAsync([.. Rest(committed)]);

        Assert.Equal(Large.Bytes.Length, answer.CommittedSize);
        Assert.Equal(Large.Bytes, await _client.ReadAsync(Large.ReadName));
        Assert.Equal(1, _host.Tier.Puts);
    }

    [Fact]
    public async Task Writer_ThatWentAwayBehindItsEnd_SaysItAgain()
    {
        var call = _client.BeginWrite();
        foreach (var message in StreamClient.Pieces(Large.WriteName, Large.Bytes))
        {
            await _client.WriteAsync(call, message);
        }

        call.Dispose();
        await Wait.UntilAsync(() => _host.Gate.InFlight == 0);
        var status = await _client.QueryAsync(Large.WriteName);
        Assert.False(status.Complete);

        var answer = await _client.SendAsync([.. Rest(status.CommittedSize)]);

        Assert.Equal(Large.Bytes.Length, answer.CommittedSize);
        Assert.Equal(Large.Bytes, await _client.ReadAsync(Large.ReadName));
    }

    [Fact]
    public async Task Stream_WithoutAnEnd_SaysHowMuchCame()
    {
        var written = await _client.SendAsync(
            [.. StreamClient.Pieces(Large.WriteName, Large.Bytes, Piece).Take(3)]);
        Assert.Equal(3 * Piece, written.CommittedSize);
        Assert.Equal(
            new QueryWriteStatusResponse { CommittedSize = 3 * Piece }, await _client.QueryAsync(Large.WriteName));

        var again = await _client.SendAsync([.. Rest(3 * Piece).Take(2)]);
        Assert.Equal(5 * Piece, again.CommittedSize);

        Assert.Equal(Large.Bytes.Length, (await _client.SendAsync([.. Rest(5 * Piece)])).CommittedSize);
        Assert.Equal(Large.Bytes, await _client.ReadAsync(Large.ReadName));
        Assert.True((await _client.QueryAsync(Large.WriteName)).Complete);
    }

    [Fact]
    public async Task Writer_ThatBeginsAnew_IsNotHeldToWhatItSent()
    {
        await _client.SendAsync(
            new WriteRequest { ResourceName = Large.WriteName, Data = ByteString.CopyFrom(new byte[Piece]) });

        var answer = await _client.WriteAsync(Large.WriteName, Large.Bytes);

        Assert.Equal(Large.Bytes.Length, answer.CommittedSize);
        Assert.Equal(Large.Bytes, await _client.ReadAsync(Large.ReadName));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Writer_WithAnotherOffset_IsRefusedAndMayTryAgain(int distance)
    {
        await _client.SendAsync([.. StreamClient.Pieces(Large.WriteName, Large.Bytes, Piece).Take(3)]);

        Assert.Equal(StatusCode.InvalidArgument, await _client.FailSendAsync([.. Rest((3 * Piece) + distance)]));

        Assert.Equal(Large.Bytes.Length, (await _client.SendAsync([.. Rest(3 * Piece)])).CommittedSize);
    }

    [Fact]
    public async Task WrongBytes_InTheSecondStream_StoreNothing()
    {
        await _client.SendAsync([.. StreamClient.Pieces(Large.WriteName, Large.Bytes, Piece).Take(3)]);
        var rest = Rest(3 * Piece).ToArray();
        rest[1].Data = ByteString.CopyFrom(new byte[rest[1].Data.Length - 1].Append((byte)1).ToArray());

        Assert.Equal(StatusCode.InvalidArgument, await _client.FailSendAsync(rest));
        Assert.Equal(0, _host.Tier.Count);
        Assert.Equal(0, await CommittedAsync());
    }

    [Fact]
    public async Task Upload_OfAnotherNameOrTenant_IsNotGoneOnWith()
    {
        await _client.SendAsync([.. StreamClient.Pieces(Large.WriteName, Large.Bytes, Piece).Take(3)]);
        var other = ResourceName.ForWrite("main", "u2", Large.Digest).ToString();

        Assert.Equal(0, (await _client.QueryAsync(other)).CommittedSize);
        Assert.Equal(0, (await _host.Connect("tenant:a").QueryAsync(Large.WriteName)).CommittedSize);
        Assert.Equal(
            StatusCode.InvalidArgument, await _host.Connect("tenant:a").FailSendAsync([.. Rest(3 * Piece)]));
        Assert.Equal(3 * Piece, await CommittedAsync());
    }

    [Fact]
    public async Task Upload_ThatNobodyGoesOnWith_IsDropped()
    {
        await _client.SendAsync([.. StreamClient.Pieces(Large.WriteName, Large.Bytes, Piece).Take(3)]);
        _host.Clock.Advance(ParkedUploads.MaxAge - TimeSpan.FromSeconds(1));
        Assert.Equal(3 * Piece, await CommittedAsync());

        _host.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0, await CommittedAsync());
        Assert.Equal(StatusCode.InvalidArgument, await _client.FailSendAsync([.. Rest(3 * Piece)]));
        Assert.Equal(0, _host.Tier.Count);
    }

    [Fact]
    public async Task Uploads_AreKeptUpToALimit()
    {
        var names = Enumerable.Range(0, ParkedUploads.MaxUploads + 1)
            .Select(i => ResourceName.ForWrite("main", $"u{i}", Large.Digest).ToString()).ToArray();
        foreach (var name in names)
        {
            await _client.SendAsync(new WriteRequest { ResourceName = name, Data = ByteString.CopyFrom(1, 2) });
        }

        Assert.Equal(0, (await _client.QueryAsync(names[0])).CommittedSize);
        Assert.Equal(2, (await _client.QueryAsync(names[1])).CommittedSize);
        Assert.Equal(2, (await _client.QueryAsync(names[^1])).CommittedSize);
    }

    [Fact]
    public async Task Server_ThatDrains_KeepsNone()
    {
        await _client.SendAsync([.. StreamClient.Pieces(Large.WriteName, Large.Bytes, Piece).Take(3)]);

        await _host.DrainAsync();

        Assert.Equal(0, await CommittedAsync());
        var late = await _client.SendAsync([.. StreamClient.Pieces(Large.WriteName, Large.Bytes, Piece).Take(3)]);
        Assert.Equal(0, late.CommittedSize);
    }

    [Fact]
    public async Task Upload_OfABlobThatHasCome_NeedsNoMore()
    {
        await _client.SendAsync([.. StreamClient.Pieces(Large.WriteName, Large.Bytes, Piece).Take(3)]);
        var other = ResourceName.ForWrite("main", "u2", Large.Digest).ToString();
        await _client.WriteAsync(other, Large.Bytes);

        Assert.True((await _client.QueryAsync(Large.WriteName)).Complete);
        Assert.Equal(Large.Bytes.Length, (await _client.SendAsync([.. Rest(3 * Piece)])).CommittedSize);
    }

    [Fact]
    public async Task Upload_OverARealStore_GoesOn()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"fabrik-protocol-{Guid.NewGuid():n}");
        try
        {
            await using var host = await StreamHost.StartAsync(folder);
            var client = host.Connect();
            for (var sent = 0; sent < 30; sent += 10)
            {
                var written = await client.SendAsync([.. Rest(sent * Piece).Take(10)]);
                Assert.Equal((sent + 10) * Piece, written.CommittedSize);
                Assert.Single(Directory.GetFiles(Path.Combine(folder, "tmp")));
            }

            await client.SendAsync([.. Rest(30 * Piece)]);

            Assert.Equal(Large.Bytes, await client.ReadAsync(Large.ReadName));
            Assert.Empty(Directory.GetFiles(Path.Combine(folder, "tmp")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<WriteRequest> Rest(long offset)
    {
        foreach (var message in StreamClient.Pieces(Large.WriteName, Large.Bytes[(int)offset..], Piece))
        {
            message.WriteOffset += offset;
            yield return message;
        }
    }

    private async Task<long> CommittedAsync() => (await _client.QueryAsync(Large.WriteName)).CommittedSize;

    private async Task BreakOffAsync(StreamClient client, int pieces)
    {
        var call = client.BeginWrite();
        foreach (var message in StreamClient.Pieces(Large.WriteName, Large.Bytes, Piece).Take(pieces))
        {
            await client.WriteAsync(call, message);
        }

        await Wait.UntilAsync(() => _host.Tier.Puts == 1);
        call.Dispose();
        await Wait.UntilAsync(() => _host.Gate.InFlight == 0);
    }
}
