using System.Buffers;
using Fabrik.Wire.S3.Chunked;

namespace Fabrik.UnitTests.Wire.S3.Chunked;

/// <summary>Feeds a decoder as a pipe reader would: what is not consumed comes again, with more behind it.</summary>
internal static class AwsChunkedReading
{
    /// <summary>Reads a whole payload that arrives in pieces of a size.</summary>
    public static (byte[] Data, AwsChunkedFault Fault) ReadAll(AwsChunkedDecoder decoder, byte[] payload, int pieceSize)
    {
        ArrayBufferWriter<byte> decoded = new();
        var start = 0;
        var arrived = 0;
        while (true)
        {
            arrived = Math.Min(arrived + pieceSize, payload.Length);
            while (true)
            {
                var buffer = Cut(payload.AsMemory(start..arrived), pieceSize);
                var step = decoder.Read(buffer, out var consumed, out _, out var data);
                start += (int)buffer.Slice(0, consumed).Length;
                foreach (var piece in data)
                {
                    decoded.Write(piece.Span);
                }

                if (step == AwsChunkedStep.Fault)
                {
                    return (decoded.WrittenSpan.ToArray(), decoder.Fault);
                }

                if (step != AwsChunkedStep.Data)
                {
                    break;
                }
            }

            if (arrived == payload.Length)
            {
                return (decoded.WrittenSpan.ToArray(), decoder.Complete());
            }
        }
    }

    /// <summary>A sequence of segments, so that elements lie across their bounds.</summary>
    private static ReadOnlySequence<byte> Cut(ReadOnlyMemory<byte> memory, int size)
    {
        if (memory.Length <= size)
        {
            return new ReadOnlySequence<byte>(memory);
        }

        Segment first = new(memory[..size], 0);
        var last = first;
        for (var at = size; at < memory.Length; at += size)
        {
            last = last.Append(memory.Slice(at, Math.Min(size, memory.Length - at)));
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            Segment next = new(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
