using Fabrik.Cache.Native.Zstd;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;
using Xunit;
using static Fabrik.Wire.Protos.Bazel.V2.Compressor.Types;

namespace Fabrik.ProtocolTests.Bazel;

/// <summary>zstd in batches, sound and otherwise.</summary>
public sealed class BlobCompressionTests : IAsyncLifetime
{
    private static readonly TestBlob Text = TestBlob.Of(string.Concat(Enumerable.Repeat("to be or not to be, ", 5000)));

    private RemoteHost _host = null!;
    private RemoteClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RemoteHost.StartAsync();
        _client = _host.Connect();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task CompressedBlob_IsStoredAsWhatItHolds()
    {
        Assert.Equal([StatusCode.OK], await _client.UpdateAsync(Compressed(Text)));

        Assert.Equal(Text.Bytes, (await _client.ReadAsync(Text.Message))[0].Data.ToByteArray());
    }

    [Fact]
    public async Task Blobs_ForAClientThatTakesZstd_AreCompressedWhereThatSaves()
    {
        var (noise, small) = (TestBlob.Random(5000), TestBlob.Of("aaaa"));
        await _client.UploadAsync(Text, noise, small);

        var response = await _client.CallAsync(RemoteMethods.BatchReadBlobs, new BatchReadBlobsRequest
        {
            Digests = { Text.Message, noise.Message, small.Message, TestBlob.Empty.Message },
            AcceptableCompressors = { Value.Brotli, Value.Zstd },
        });

        Assert.Equal(
            [Value.Zstd, Value.Identity, Value.Identity, Value.Identity],
            response.Responses.Select(part => part.Compressor));
        Assert.True(response.Responses[0].Data.Length < Text.Bytes.Length / 10);
        var content = new byte[Text.Bytes.Length];
        Assert.True(ZstdFrames.TryDecompress(response.Responses[0].Data.Span, content, out var error), error);
        Assert.Equal(Text.Bytes, content);
        Assert.Equal(noise.Bytes, response.Responses[1].Data.ToByteArray());
    }

    [Fact]
    public async Task EmptyBlob_Compressed_IsFine() => Assert.Equal(
        [StatusCode.OK],
        await _client.UpdateAsync(new BatchUpdateBlobsRequest.Types.Request
        {
            Digest = TestBlob.Empty.Message,
            Compressor = Value.Zstd,
            // A frame of nothing: magic, a descriptor with the size 0, and an empty last block.
            Data = ByteString.CopyFrom(0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x00, 0x01, 0x00, 0x00),
        }));

    [Fact]
    public async Task FramesOneBehindTheOther_AreOneBlob()
    {
        var half = Text.Bytes.Length / 2;
        var sent = Compressed(Text);
        sent.Data = ByteString.CopyFrom(
            [.. ZstdFrames.Compress(Text.Bytes.AsSpan(0, half))!, .. ZstdFrames.Compress(Text.Bytes.AsSpan(half))!]);

        Assert.Equal([StatusCode.OK], await _client.UpdateAsync(sent));
    }

    [Fact]
    public async Task Bomb_IsRefused_WithoutBeingUnpacked()
    {
        var bomb = Compressed(TestBlob.Of("abc"));
        bomb.Data = ByteString.CopyFrom(ZstdFrames.Compress(new byte[64 * 1024 * 1024]));
        Assert.True(bomb.Data.Length < 1024 * 1024);

        Assert.Equal([StatusCode.InvalidArgument], await _client.UpdateAsync(bomb));

        Assert.Equal(0, _host.Tier.Puts);
    }

    [Fact]
    public async Task AnnouncedSizes_AboveTheLimit_AreRefused_HoweverSmallTheFrames()
    {
        var bytes = new TestBlob(new byte[(4 * 1024 * 1024) + 1]);

        var status = await _client.FailAsync(
            RemoteMethods.BatchUpdateBlobs, new BatchUpdateBlobsRequest { Requests = { Compressed(bytes) } });

        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(-1)]
    public async Task CorruptFrame_IsRefused_AndNothingStored(int place)
    {
        var (cut, flipped) = (Compressed(Text), Compressed(Text));
        var bytes = flipped.Data.ToByteArray();
        bytes[place < 0 ? ^-place : place] ^= 0x55;
        flipped.Data = ByteString.CopyFrom(bytes);
        cut.Data = ByteString.CopyFrom(bytes.AsSpan(0, bytes.Length - 1));
        var garbage = Compressed(Text);
        garbage.Data = ByteString.CopyFromUtf8("no frame");

        Assert.All(
            await _client.UpdateAsync(flipped, cut, garbage),
            code => Assert.Equal(StatusCode.InvalidArgument, code));
        Assert.Equal(0, _host.Tier.Count);
    }

    [Fact]
    public async Task Frame_OfOtherBytes_IsRefused()
    {
        var (shorter, other) = (Compressed(Text), Compressed(Text));
        shorter.Data = ByteString.CopyFrom(ZstdFrames.Compress(Text.Bytes.AsSpan(1)));
        other.Data = ByteString.CopyFrom(ZstdFrames.Compress(new byte[Text.Bytes.Length]));

        Assert.Equal(
            [StatusCode.InvalidArgument, StatusCode.InvalidArgument], await _client.UpdateAsync(shorter, other));
        Assert.Equal(0, _host.Tier.Count);
    }

    [Theory]
    [InlineData(Value.Deflate)]
    [InlineData(Value.Brotli)]
    [InlineData((Value)77)]
    public async Task Compressors_ThatAreNotServed_AreRefusedByName(Value compressor)
    {
        var sent = Compressed(Text);
        sent.Compressor = compressor;

        var response = await _client.CallAsync(
            RemoteMethods.BatchUpdateBlobs, new BatchUpdateBlobsRequest { Requests = { sent } });

        Assert.Equal((int)StatusCode.InvalidArgument, response.Responses[0].Status.Code);
        Assert.Contains("ZSTD", response.Responses[0].Status.Message, StringComparison.Ordinal);
    }

    private static BatchUpdateBlobsRequest.Types.Request Compressed(TestBlob blob) => new()
    {
        Digest = blob.Message,
        Compressor = Value.Zstd,
        Data = ByteString.CopyFrom(ZstdFrames.Compress(blob.Bytes) ?? blob.Bytes),
    };
}
