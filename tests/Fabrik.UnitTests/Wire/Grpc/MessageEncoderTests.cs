using System.Buffers;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Grpc.Health.V1;
using Xunit;

namespace Fabrik.UnitTests.Wire.Grpc;

public sealed class MessageEncoderTests
{
    private const int MaxSize = 1000;

    private static readonly Marshaller<byte[]> Arrays = new(static bytes => bytes, static bytes => bytes);
    private static readonly Marshaller<HealthCheckRequest> Messages = Marshallers.ForMessage(HealthCheckRequest.Parser);

    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly MessageEncoder _encoder;

    public MessageEncoderTests() => _encoder = new MessageEncoder(_output, MaxSize);

    [Fact]
    public void Encode_Array_HasItsPrefix()
    {
        _encoder.Encode([1, 2], Arrays, compress: false);

        Assert.Equal([0, 0, 0, 0, 2, 1, 2], _output.WrittenSpan.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("service")]
    public void Encode_Message_IsWrittenStraightAndReadAgain(string service)
    {
        _encoder.Encode(new HealthCheckRequest { Service = service }, Messages, compress: false);

        Assert.Equal(service, Decode(Messages).Service);
    }

    [Fact]
    public void Encode_Compressed_IsSmallerAndReadAgain()
    {
        _encoder.Encode(new byte[MaxSize], Arrays, compress: true);

        Assert.True(_output.WrittenCount < 100);
        Assert.Equal(1, _output.WrittenSpan[0]);
        Assert.Equal(new byte[MaxSize], Decode(Arrays));
    }

    [Fact]
    public void Encode_WhatDoesNotShrink_IsSentAsItIs()
    {
        _encoder.Encode([1, 2, 3], Arrays, compress: true);

        Assert.Equal([0, 0, 0, 0, 3, 1, 2, 3], _output.WrittenSpan.ToArray());
    }

    [Fact]
    public void Encode_AboveTheLimit_WritesNothingAndGoesOn()
    {
        var large = new HealthCheckRequest { Service = new string('x', MaxSize) };
        var sized = Assert.Throws<RpcException>(() => _encoder.Encode(large, Messages, compress: false));
        var array = Assert.Throws<RpcException>(() => _encoder.Encode(new byte[MaxSize + 1], Arrays, compress: true));
        var unsized = Assert.Throws<RpcException>(() => _encoder.Encode(MaxSize + 1, Writing(), compress: false));

        Assert.Equal(StatusCode.ResourceExhausted, sized.StatusCode);
        Assert.Equal(StatusCode.ResourceExhausted, array.StatusCode);
        Assert.Equal(StatusCode.ResourceExhausted, unsized.StatusCode);
        Assert.Equal(0, _output.WrittenCount);
        _encoder.Encode([], Arrays, compress: false);
        Assert.Equal(MessageFrame.PrefixLength, _output.WrittenCount);
    }

    [Fact]
    public void Encode_UnknownSize_IsBufferedFirst()
    {
        _encoder.Encode(300, Writing(), compress: false);
        _encoder.Encode(2, Writing(), compress: false);

        Assert.Equal(MessageFrame.PrefixLength * 2 + 302, _output.WrittenCount);
        Assert.Equal([0, 0, 0, 0, 2, 7, 7], _output.WrittenSpan[^7..].ToArray());
    }

    [Theory]
    [InlineData(5, 4)]
    [InlineData(5, 6)]
    public void Encode_OtherSizeThanAnnounced_BreaksTheStream(int announced, int written)
    {
        var marshaller = new Marshaller<object>(
            (_, context) =>
            {
                context.SetPayloadLength(announced);
                context.GetBufferWriter().Write(new byte[written]);
                context.Complete();
            },
            static _ => new object());

        Assert.Throws<InvalidOperationException>(() => _encoder.Encode(new object(), marshaller, compress: false));
        Assert.True(_encoder.IsBroken);
        Assert.Throws<InvalidOperationException>(() => _encoder.Encode([], Arrays, compress: false));
    }

    [Fact]
    public void Encode_MarshallerThatDoesNotComplete_IsABug()
    {
        var marshaller = new Marshaller<object>(static (_, _) => { }, static _ => new object());

        Assert.Throws<InvalidOperationException>(() => _encoder.Encode(new object(), marshaller, compress: false));
        Assert.False(_encoder.IsBroken);
    }

    [Fact]
    public void Marshaller_OfEitherForm_HasBothForms()
    {
        var request = new HealthCheckRequest { Service = "a" };

        Assert.Equal(request, Messages.Deserializer(Messages.Serializer(request)));
        var text = Marshallers.StringMarshaller;
        Assert.Equal("text", text.Deserializer(text.Serializer("text")));
    }

    private T Decode<T>(Marshaller<T> marshaller)
    {
        var buffer = new ReadOnlySequence<byte>(_output.WrittenMemory);
        var decoder = new MessageDecoder(MaxSize, MessageEncoding.Gzip, StatusCode.Internal);
        Assert.True(decoder.TryDecode(ref buffer, marshaller, out var message));
        return message!;
    }

    // Sevens, one at a time, without a size.
    private static Marshaller<int> Writing() => new(
        static (count, context) =>
        {
            var writer = context.GetBufferWriter();
            for (var i = 0; i < count; i++)
            {
                writer.Write<byte>([7]);
            }

            context.Complete();
        },
        static _ => 0);
}
