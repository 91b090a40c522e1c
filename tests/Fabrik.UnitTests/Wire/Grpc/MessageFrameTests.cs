using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Grpc.Health.V1;
using Xunit;

namespace Fabrik.UnitTests.Wire.Grpc;

public sealed class MessageFrameTests
{
    private const int MaxSize = 1000;

    private static readonly Marshaller<byte[]> Bytes = new(static bytes => bytes, static bytes => bytes);

    private static readonly Marshaller<HealthCheckRequest> Messages = Marshallers.ForMessage(HealthCheckRequest.Parser);

    [Fact]
    public void Decode_EveryPrefixOfAMessage_WaitsForMore()
    {
        byte[] frame = [0, 0, 0, 0, 3, 1, 2, 3];
        for (var length = 0; length < frame.Length; length++)
        {
            var buffer = new ReadOnlySequence<byte>(frame, 0, length);
            Assert.False(Decoder().TryDecode(ref buffer, Bytes, out _));
            Assert.Equal(length, buffer.Length);
        }
    }

    [Fact]
    public void Decode_SeveralMessages_TakesOneAfterTheOther()
    {
        var buffer = new ReadOnlySequence<byte>([0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 7, 8, 0]);
        var decoder = Decoder();

        Assert.True(decoder.TryDecode(ref buffer, Bytes, out var first));
        Assert.True(decoder.TryDecode(ref buffer, Bytes, out var second));
        Assert.False(decoder.TryDecode(ref buffer, Bytes, out _));
        Assert.Empty(first!);
        Assert.Equal([7, 8], second);
        Assert.Equal(1, buffer.Length);
    }

    [Fact]
    public void Decode_AnnouncedSizeAboveTheLimit_IsRefusedBeforeItComes()
    {
        Assert.Equal(StatusCode.ResourceExhausted, Refusal([0, 0, 0, 0x03, 0xE9]));
        Assert.Equal(StatusCode.ResourceExhausted, Refusal([0, 0xFF, 0xFF, 0xFF, 0xFF]));
    }

    [Fact]
    public void Decode_OtherFlag_IsRefused() => Assert.Equal(StatusCode.Internal, Refusal([2, 0, 0, 0, 0]));

    [Fact]
    public void Decode_WhatDoesNotParse_IsInternal()
    {
        var buffer = new ReadOnlySequence<byte>([0, 0, 0, 0, 2, 0xFF, 0xFF]);
        var exception = Assert.Throws<RpcException>(() => Decoder().TryDecode(ref buffer, Messages, out _));

        Assert.Equal(StatusCode.Internal, exception.StatusCode);
    }

    [Fact]
    public void Decode_Gzip_IsDecompressed()
    {
        var payload = new byte[MaxSize];
        Random.Shared.NextBytes(payload.AsSpan(500));
        var buffer = new ReadOnlySequence<byte>(Compressed(payload));

        Assert.True(Decoder().TryDecode(ref buffer, Bytes, out var message));
        Assert.Equal(payload, message);
    }

    [Fact]
    public void Decode_Bomb_IsRefusedByWhatItSays() =>
        Assert.Equal(StatusCode.ResourceExhausted, Refusal(Compressed(new byte[MaxSize + 1])));

    [Fact]
    public void Decode_BombThatSaysLess_IsRefused()
    {
        var frame = Compressed(new byte[MaxSize * 100]);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(frame.Length - 4), 10);

        Assert.Equal(StatusCode.Internal, Refusal(frame));
    }

    [Fact]
    public void Decode_ClaimOfMoreThanGzipCanMake_IsRefused()
    {
        var frame = Compressed([1]);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(frame.Length - 4), 100_000);

        Assert.Equal(StatusCode.Internal, Refusal(frame));
    }

    [Fact]
    public void Decode_GzipCutOffAnywhere_IsRefused()
    {
        var whole = Compressed("some text that is some text"u8.ToArray()).AsSpan(MessageFrame.PrefixLength).ToArray();
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.NotEqual(StatusCode.OK, Refusal(Frame(isCompressed: true, whole.AsSpan(0, length))));
        }
    }

    [Fact]
    public void Decode_GzipWithAWrongByte_IsNeverTakenForAnother()
    {
        var payload = "some text that is some text"u8.ToArray();
        var frame = Compressed(payload);
        for (var i = MessageFrame.PrefixLength; i < frame.Length; i++)
        {
            var damaged = (byte[])frame.Clone();
            damaged[i] ^= 0x10;
            var buffer = new ReadOnlySequence<byte>(damaged);
            try
            {
                Assert.True(Decoder().TryDecode(ref buffer, Bytes, out var message));
                Assert.Equal(payload, message);
            }
            catch (RpcException)
            {
                // Refused.
            }
        }
    }

    [Theory]
    [InlineData(null, StatusCode.Internal)]
    [InlineData("identity", StatusCode.Internal)]
    [InlineData("snappy", StatusCode.Unimplemented)]
    public void Decode_CompressedWithoutAKnownEncoding_IsRefused(string? encoding, StatusCode expected)
    {
        var buffer = new ReadOnlySequence<byte>([1, 0, 0, 0, 0]);
        var decoder = new MessageDecoder(MaxSize, encoding, StatusCode.Unimplemented);
        var exception = Assert.Throws<RpcException>(() => decoder.TryDecode(ref buffer, Bytes, out _));

        Assert.Equal(expected, exception.StatusCode);
    }

    [Fact]
    public void Encodings_InAList_AreFound()
    {
        Assert.True(MessageEncoding.IsIn("identity, deflate ,GZIP", MessageEncoding.Gzip));
        Assert.False(MessageEncoding.IsIn("identity,gzip2", MessageEncoding.Gzip));
        Assert.False(MessageEncoding.IsIn("", MessageEncoding.Gzip));
    }

    private static MessageDecoder Decoder() => new(MaxSize, MessageEncoding.Gzip, StatusCode.Unimplemented);

    private static StatusCode Refusal(byte[] frame)
    {
        var buffer = new ReadOnlySequence<byte>(frame);
        return Assert.Throws<RpcException>(() => Decoder().TryDecode(ref buffer, Bytes, out _)).StatusCode;
    }

    private static byte[] Frame(bool isCompressed, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[MessageFrame.PrefixLength + payload.Length];
        MessageFrame.WritePrefix(frame, isCompressed, payload.Length);
        payload.CopyTo(frame.AsSpan(MessageFrame.PrefixLength));
        return frame;
    }

    private static byte[] Compressed(byte[] payload)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal))
        {
            gzip.Write(payload);
        }

        return Frame(isCompressed: true, target.ToArray());
    }
}
