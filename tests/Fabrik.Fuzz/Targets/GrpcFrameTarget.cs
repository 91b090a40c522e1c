using System.Buffers;
using System.IO.Compression;
using Fabrik.Wire.Grpc;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// Messages on the wire: cut anywhere they are the same, nothing is larger than its limit, and what is read and written
/// again is read the same.
/// </summary>
internal sealed class GrpcFrameTarget : IFuzzTarget
{
    private const int MaxSize = 4096;

    private static readonly Marshaller<byte[]> Bytes = new(static bytes => bytes, static bytes => bytes);

    public string Name => "grpc-frame";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 1, 9],
        [0, 0, 0, 0, 200, 1],
        [1, 0, 0, 0, 21, .. Gzip([1])],
        Compressed(new byte[MaxSize]),
        Compressed(new byte[MaxSize + 1]),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var whole = Read(new ReadOnlySequence<byte>(input.ToArray()), out var failure);
        var cut = Read(Cut(input), out var cutFailure);
        if (!Same(whole, cut) || failure != cutFailure)
        {
            throw new InvalidDataException("messages that are cut in pieces are read as others");
        }

        foreach (var compress in (bool[])[false, true])
        {
            var buffer = new ArrayBufferWriter<byte>();
            using var encoder = new MessageEncoder(buffer, MaxSize);
            whole.ForEach(message => encoder.Encode(message, Bytes, compress));
            if (!Same(whole, Read(new ReadOnlySequence<byte>(buffer.WrittenMemory), out _)))
            {
                throw new InvalidDataException("messages are not read again as they were written");
            }
        }
    }

    private static List<byte[]> Read(ReadOnlySequence<byte> buffer, out StatusCode failure)
    {
        var decoder = new MessageDecoder(MaxSize, MessageEncoding.Gzip, StatusCode.Unimplemented);
        List<byte[]> messages = [];
        failure = StatusCode.OK;
        try
        {
            while (decoder.TryDecode(ref buffer, Bytes, out var message))
            {
                messages.Add(message!.Length <= MaxSize
                    ? message
                    : throw new InvalidDataException($"a message has {message.Length} bytes"));
            }
        }
        catch (RpcException refusal)
        {
            failure = refusal.StatusCode;
        }

        return messages;
    }

    private static bool Same(List<byte[]> one, List<byte[]> other) =>
        one.Count == other.Count && one.Zip(other).All(static pair => pair.First.AsSpan().SequenceEqual(pair.Second));

    private static ReadOnlySequence<byte> Cut(ReadOnlySpan<byte> input)
    {
        var first = new Segment(default);
        var last = first;
        for (var i = 0; i < input.Length; i += 3)
        {
            last = last.Append(input.Slice(i, Math.Min(3, input.Length - i)).ToArray());
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private static byte[] Compressed(byte[] payload)
    {
        var gzip = Gzip(payload);
        var frame = new byte[MessageFrame.PrefixLength + gzip.Length];
        MessageFrame.WritePrefix(frame, isCompressed: true, gzip.Length);
        gzip.CopyTo(frame, MessageFrame.PrefixLength);
        return frame;
    }

    private static byte[] Gzip(byte[] payload)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest))
        {
            gzip.Write(payload);
        }

        return target.ToArray();
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
