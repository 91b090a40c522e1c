using System.Buffers;
using Fabrik.Wire.S3.Chunked;

namespace Fabrik.Fuzz.Targets;

/// <summary>aws-chunked payloads: read whole or byte by byte they give the same data and the same outcome.</summary>
internal sealed class AwsChunkedTarget : IFuzzTarget
{
    private static readonly AwsChunkedOptions Options = new()
    {
        HasTrailers = true,
        TrailerNames = ["x-amz-checksum-crc32"],
        MaxHeadLength = 64,
        MaxTrailersLength = 128,
    };

    public string Name => "aws-chunked";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"u8.ToArray(),
        "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\nx-amz-checksum-crc32:NhCmhg==\n\r\n"u8.ToArray(),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var bytes = input.ToArray();
        var whole = Read(bytes, bytes.Length);
        var slow = Read(bytes, 1);
        if (whole.Fault != slow.Fault || !whole.Data.AsSpan().SequenceEqual(slow.Data))
        {
            throw new InvalidDataException($"{whole.Fault} when read at once, {slow.Fault} byte by byte");
        }
    }

    private static (byte[] Data, AwsChunkedFault Fault) Read(byte[] bytes, int step)
    {
        using AwsChunkedDecoder decoder = new(Options);
        ArrayBufferWriter<byte> decoded = new();
        var start = 0;
        for (var end = step; start < bytes.Length && end <= bytes.Length; end += step)
        {
            AwsChunkedStep outcome;
            do
            {
                ReadOnlySequence<byte> buffer = new(bytes, start, end - start);
                outcome = decoder.Read(buffer, out var consumed, out _, out var data);
                start += (int)buffer.Slice(0, consumed).Length;
                decoded.Write(data.ToArray());
            }
            while (outcome == AwsChunkedStep.Data);

            if (outcome == AwsChunkedStep.Fault)
            {
                break;
            }
        }

        return (decoded.WrittenSpan.ToArray(), decoder.Complete());
    }
}
