using Fabrik.Testing;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Google.Bytestream;
using Google.Protobuf;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel.ByteStream;

/// <summary>Write of zstd frames: whole ones, damaged ones, and those that are not what they say.</summary>
public sealed class CompressedWriteTests : IAsyncLifetime
{
    private static readonly Blob Large = Blob.Of(700_001);
    private static readonly byte[] Frame = Blob.Compress(Large.Bytes);

    private StreamHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await StreamHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(1, 64 * 1024)]
    [InlineData(65_536, 64 * 1024)]
    [InlineData(131_072, 64 * 1024)]
    [InlineData(700_001, 1)]
    [InlineData(700_001, 64 * 1024)]
    [InlineData(20_000_000, 1024 * 1024)]
    public async Task Frame_InPieces_IsStored(int size, int piece)
    {
        // A frame of a byte each would be half a million messages.
        var blob = piece == 1 ? new Blob(new byte[size]) : Blob.Of(size);
        var frame = Blob.Compress(blob.Bytes);

        var answer = await _host.Connect().WriteAsync(blob.WriteZstdName, frame, piece);

        Assert.Equal(frame.Length, answer.CommittedSize);
        Assert.Equal(blob.Bytes, await _host.Connect().ReadAsync(blob.ReadName));
    }

    [Fact]
    public async Task Frames_OneBehindTheOther_AreOneBlob()
    {
        byte[] frames =
        [
            .. Blob.Compress(Large.Bytes[..100_000]), .. Blob.Compress([]), .. Blob.Compress(Large.Bytes[100_000..]),
        ];

        Assert.Equal(frames.Length, (await _host.Connect().WriteAsync(Large.WriteZstdName, frames)).CommittedSize);
        Assert.Equal(Large.Bytes, await _host.Connect().ReadAsync(Large.ReadName));
    }

    [Fact]
    public async Task Blob_ThatIsThere_IsNotWaitedFor()
    {
        _host.Set(Large);
        var client = _host.Connect();
        using var call = client.BeginWrite();
        await client.WriteAsync(call, new() { ResourceName = Large.WriteZstdName, Data = ByteString.CopyFrom(1) });

        Assert.Equal(-1, (await call.ResponseAsync).CommittedSize);
        Assert.Equal(-1, (await client.WriteAsync(Blob.Of(0).WriteZstdName, Blob.Compress([]))).CommittedSize);
    }

    public static TheoryData<string, byte[]> BadFrames => new()
    {
        { "nothing", [] },
        { "no frame", [1, 2, 3, 4, 5, 6, 7, 8] },
        { "a truncated frame", Frame[..^1] },
        { "half a frame", Frame[..(Frame.Length / 2)] },
        { "damage", [.. Frame[..1000], .. Frame[1001..1400], 0, 1, 2, .. Frame[1400..]] },
        { "another frame", Blob.Compress(Blob.Of(700_002).Bytes[1..]) },
        { "fewer bytes", Blob.Compress(Large.Bytes[..^1]) },
        { "more bytes", Blob.Compress([.. Large.Bytes, 0]) },
        { "garbage behind it", [.. Frame, 1, 2, 3, 4, 5] },
        { "a bomb", Blob.Compress(new byte[60_000_000]) },
        { "a bomb behind it", [.. Frame, .. Blob.Compress(new byte[60_000_000])] },
        { "no end of empty frames", [.. Enumerable.Repeat(Blob.Compress([]), 300_000).SelectMany(frame => frame)] },
    };

    [Theory]
    [MemberData(nameof(BadFrames))]
    public async Task BadFrames_AreRefusedAndStoreNothing(string what, byte[] frames)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(
            () => _host.Connect().WriteAsync(Large.WriteZstdName, frames));

        Assert.True(failure.StatusCode == StatusCode.InvalidArgument, $"{what}: {failure.Status}");
        Assert.Equal(0, _host.Tier.Count);
        Assert.Equal(0, _host.Gate.InFlight);
    }

    [Fact]
    public async Task Window_ThatIsTooLarge_IsRefused()
    {
        // A frame of unknown size with a window of 16 MiB and one empty raw block.
        byte[] frame = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 14 << 3, 0x01, 0x00, 0x00];

        var failure = await Assert.ThrowsAsync<RpcException>(
            () => _host.Connect().WriteAsync(Large.WriteZstdName, frame));

        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        Assert.Contains("memory", failure.Status.Detail, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Gap_OfCompressedBytes_IsRefused() => Assert.Equal(
        StatusCode.InvalidArgument,
        await _host.Connect().FailSendAsync(
            new() { ResourceName = Large.WriteZstdName, Data = ByteString.CopyFrom(Frame, 0, 1000) },
            new() { WriteOffset = 1001, Data = ByteString.CopyFrom(Frame, 1000, 1000), FinishWrite = true }));

    [Fact]
    public async Task Stream_WithoutAnEnd_StoresNothingAndSaysSo()
    {
        var messages = StreamClient.Pieces(Large.WriteZstdName, Frame).ToArray();
        messages[^1].FinishWrite = false;

        Assert.Equal(new WriteResponse(), await _host.Connect().SendAsync(messages));
        Assert.Equal(0, _host.Tier.Count);
    }

    [Fact]
    public async Task Writer_ThatGoesAway_LeavesNothing()
    {
        var client = _host.Connect();
        var call = client.BeginWrite();
        await client.WriteAsync(call, StreamClient.Pieces(Large.WriteZstdName, Frame).First());
        await Wait.UntilAsync(() => _host.Gate.InFlight == 1);

        call.Dispose();

        await Wait.UntilAsync(() => _host.Gate.InFlight == 0);
        Assert.Equal(0, _host.Tier.Count);
    }

    [Fact]
    public async Task Tier_ThatBecomesFull_IsTold()
    {
        _host.Tier.FullAfter = 100_000;

        Assert.Equal(
            StatusCode.ResourceExhausted,
            await _host.Connect().FailSendAsync([.. StreamClient.Pieces(Large.WriteZstdName, Frame)]));
    }
}
