using System.Buffers;
using Fabrik.Wire.Protos.Chunks;
using Fabrik.Wire.Protos.Fabrik;
using Fabrik.Wire.Protos.Fabrik.V1;
using Google.Protobuf;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// Messages with chunks: the codec reads any bytes as the generated code does, or refuses them as it does; and what it
/// writes is read back by both.
/// </summary>
internal sealed class ChunkCodecTarget : IFuzzTarget
{
    private static readonly MessageParser<PutRequest> Generated = PutRequest.Parser.WithDiscardUnknownFields(true);

    private readonly ChunkCodec<PutRequest> _codec = new FabrikCacheMethods().PutChunks;

    public string Name => "chunk-codec";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        new PutRequest { Chunk = ByteString.CopyFromUtf8("chunk") }.ToByteArray(),
        new PutRequest
        {
            Hash = new string('a', 64),
            Chunk = ByteString.CopyFromUtf8("chunk"),
            Metadata = { [":tool"] = "nx", ["a"] = "b" },
            SizeBytes = 5,
            Digest = ByteString.CopyFrom(new byte[32]),
            Overwrite = true,
            TtlMs = 1000,
        }.ToByteArray(),
        [0x78, 0x96, 0x01, 0x12, 1, 97, 0x7A, 2, 1, 2, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7D, 1, 2, 3, 4],
        [0x7B, 0x12, 1, 97, 0x7C, 0x12, 1, 98, 0x12, 0],
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var payload = input.ToArray();
        PutRequest expected;
        try
        {
            expected = Generated.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException)
        {
            ExpectRefusal(payload);
            return;
        }

        using var message = _codec.Read(new ReadOnlySequence<byte>(payload));
        Compare(expected, message);
        var written = _codec.Marshaller.Serializer(message);
        Compare(Generated.ParseFrom(written), message);
    }

    private static void Compare(PutRequest expected, ChunkMessage<PutRequest> message)
    {
        var whole = message.Header?.Clone() ?? new PutRequest();
        whole.Chunk = ByteString.CopyFrom(message.Chunk.ToArray());
        if (!whole.Equals(expected))
        {
            throw new InvalidDataException($"{whole} was read instead of {expected}");
        }
    }

    private void ExpectRefusal(byte[] payload)
    {
        try
        {
            _codec.Read(new ReadOnlySequence<byte>(payload)).Dispose();
        }
        catch (InvalidProtocolBufferException)
        {
            return;
        }

        throw new InvalidDataException("the generated code refuses what the codec reads");
    }
}
