using System.Buffers;
using System.Text;
using Fabrik.UnitTests.Wire.S3.Signing;
using Fabrik.Wire.S3.Chunked;
using Fabrik.Wire.S3.Signing;
using Xunit;

namespace Fabrik.UnitTests.Wire.S3.Chunked;

public sealed class AwsChunkedDecoderTests
{
    private static readonly AwsChunkedOptions Unsigned = new()
    {
        HasTrailers = true,
        TrailerNames = ["x-amz-checksum-crc32"],
    };

    [Theory]
    [InlineData("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n")]
    [InlineData("5\r\nhello\r\n0\r\nX-Amz-Checksum-CRC32: NhCmhg== \r\n")]
    [InlineData("5\r\nhello\r\n0\r\n\r\nx-amz-checksum-crc32:NhCmhg==\n\r\n")]
    [InlineData("2\r\nhe\r\n03\r\nllo\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n")]
    public void Read_UnsignedWithTrailer_GivesDataAndTrailer(string payload)
    {
        for (var size = 1; size <= payload.Length; size++)
        {
            using AwsChunkedDecoder decoder = new(Unsigned with { DecodedLength = 5 });
            var (data, fault) = AwsChunkedReading.ReadAll(decoder, Encoding.ASCII.GetBytes(payload), size);
            Assert.Equal(AwsChunkedFault.None, fault);
            Assert.Equal("hello", Encoding.ASCII.GetString(data));
            Assert.Equal(5, decoder.DecodedLength);
            Assert.Equal("NhCmhg==", decoder.Trailer("x-amz-checksum-crc32"));
        }
    }

    [Theory]
    [InlineData("", AwsChunkedFault.Truncated)]
    [InlineData("5", AwsChunkedFault.Truncated)]
    [InlineData("5\r\nhell", AwsChunkedFault.Truncated)]
    [InlineData("5\r\nhello\r\n", AwsChunkedFault.Truncated)]
    [InlineData("5\nhello\r\n0\r\n\r\n", AwsChunkedFault.Malformed)]
    [InlineData("\r\n", AwsChunkedFault.Malformed)]
    [InlineData("-5\r\nhello", AwsChunkedFault.Malformed)]
    [InlineData("+5\r\nhello", AwsChunkedFault.Malformed)]
    [InlineData("0x5\r\nhello", AwsChunkedFault.Malformed)]
    [InlineData("g\r\nhello", AwsChunkedFault.Malformed)]
    [InlineData("8000000000000000\r\nhello", AwsChunkedFault.Malformed)]
    [InlineData("00000000000000005\r\nhello", AwsChunkedFault.Malformed)]
    [InlineData("5;x=1\r\nhello", AwsChunkedFault.Malformed)]
    [InlineData("5\r\nhelloXX", AwsChunkedFault.Malformed)]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", AwsChunkedFault.MissingTrailer)]
    [InlineData("5\r\nhello\r\n0\r\nx-other:1\r\n\r\n", AwsChunkedFault.UnknownTrailer)]
    [InlineData("5\r\nhello\r\n0\r\nno colon\r\n\r\n", AwsChunkedFault.Malformed)]
    [InlineData("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:a\r\nx-amz-checksum-crc32:b\r\n", AwsChunkedFault.Malformed)]
    [InlineData("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:a\r\n\r\nmore", AwsChunkedFault.Malformed)]
    [InlineData("5\r\nhello\r\n0\r\nx-amz-trailer-signature:a\r\n\r\n", AwsChunkedFault.Malformed)]
    [InlineData("4\r\nhell\r\n0\r\nx-amz-checksum-crc32:a\r\n\r\n", AwsChunkedFault.LengthMismatch)]
    [InlineData("6\r\nhello!\r\n0\r\nx-amz-checksum-crc32:a\r\n\r\n", AwsChunkedFault.LengthMismatch)]
    [InlineData("7fffffffffffffff\r\nhello", AwsChunkedFault.LengthMismatch)]
    public void Read_WrongPayload_GivesFault(string payload, AwsChunkedFault expected)
    {
        for (var size = 1; size <= payload.Length + 1; size++)
        {
            using AwsChunkedDecoder decoder = new(Unsigned with { DecodedLength = 5 });
            Assert.Equal(expected, AwsChunkedReading.ReadAll(decoder, Encoding.ASCII.GetBytes(payload), size).Fault);
        }
    }

    [Fact]
    public void Read_EndlessHeadOrTrailer_IsTooLong()
    {
        using AwsChunkedDecoder head = new(Unsigned with { MaxHeadLength = 100 });
        var digits = Encoding.ASCII.GetBytes(new string('1', 200));
        Assert.Equal(AwsChunkedFault.TooLong, AwsChunkedReading.ReadAll(head, digits, 10).Fault);

        using AwsChunkedDecoder trailer = new(Unsigned with { MaxTrailersLength = 100 });
        var payload = Encoding.ASCII.GetBytes($"0\r\nx-amz-checksum-crc32:{new string('1', 200)}");
        Assert.Equal(AwsChunkedFault.TooLong, AwsChunkedReading.ReadAll(trailer, payload, 10).Fault);
    }

    [Fact]
    public void Read_SignaturesThatAreIgnored_HaveToBeThereAllTheSame()
    {
        var signature = new string('f', 64);
        var head = $";chunk-signature={signature}\r\n";
        var good = $"5{head}hello\r\n0{head}x-amz-checksum-crc32:a\n\r\nx-amz-trailer-signature:{signature}\r\n\r\n";
        Assert.Equal(AwsChunkedFault.None, Read(good));
        Assert.Equal(AwsChunkedFault.Malformed, Read(good.Replace(head, "\r\n", StringComparison.Ordinal)));
        Assert.Equal(
            AwsChunkedFault.MissingTrailer, Read($"5{head}hello\r\n0{head}x-amz-checksum-crc32:a\r\n\r\n"));

        static AwsChunkedFault Read(string payload)
        {
            using AwsChunkedDecoder decoder = new(Unsigned with { IgnoresSignatures = true });
            return AwsChunkedReading.ReadAll(decoder, Encoding.ASCII.GetBytes(payload), 16).Fault;
        }
    }

    /// <summary>One byte that differs, in data, size, signature or trailer, is seen at the latest at the end.</summary>
    [Fact]
    public void Read_SignedPayloadWithOneByteChanged_NeverEndsWell()
    {
        RequestSignature seed = new("", new string('0', 64));
        ArrayBufferWriter<byte> writer = new();
        AwsChunkedEncoder encoder = new(AwsExamples.Signer.StartChunks(seed, AwsExamples.Time));
        encoder.WriteChunk(writer, "hello"u8);
        encoder.WriteChunk(writer, "world!"u8);
        encoder.WriteEnd(writer, [new("x-amz-checksum-crc32", "NhCmhg==")]);
        var good = writer.WrittenSpan.ToArray();
        AwsChunkedOptions options = Unsigned with { DecodedLength = 11 };
        Assert.Equal(AwsChunkedFault.None, Read(good).Fault);

        // Line ends in the trailers may be bare line feeds, which changes nothing that is signed.
        var trailers = good.AsSpan().IndexOf("x-amz-checksum"u8);
        for (var at = 0; at < good.Length - 2; at++)
        {
            var bad = good.ToArray();
            bad[at] ^= 1;
            if (at < trailers || good[at] is not ((byte)'\r' or (byte)'\n'))
            {
                Assert.True(Read(bad).Fault != AwsChunkedFault.None, $"byte {at} was changed and nobody saw it");
            }
        }

        (byte[] Data, AwsChunkedFault Fault) Read(byte[] payload)
        {
            using AwsChunkedDecoder decoder = new(options with
            {
                Signer = AwsExamples.Signer.StartChunks(seed, AwsExamples.Time),
            });
            return AwsChunkedReading.ReadAll(decoder, payload, 64);
        }
    }
}
