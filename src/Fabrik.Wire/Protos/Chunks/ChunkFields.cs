using Google.Protobuf;

namespace Fabrik.Wire.Protos.Chunks;

/// <summary>Where a generated message has its chunk.</summary>
/// <typeparam name="THeader">The generated message.</typeparam>
internal sealed record ChunkFields<THeader>
    where THeader : class, IMessage<THeader>, new()
{
    /// <summary>The number of the chunk's field; at most 15, so that its tag is one byte.</summary>
    public required int ChunkField { get; init; }

    /// <summary>The highest number that the message knows.</summary>
    public required int LastField { get; init; }

    /// <summary>Reads the message; what it does not know is dropped.</summary>
    public required MessageParser<THeader> Parser { get; init; }

    /// <summary>The chunk as the generated code has it.</summary>
    public required Func<THeader, ByteString> GetChunk { get; init; }

    /// <summary>Takes the chunk out.</summary>
    public required Action<THeader> ClearChunk { get; init; }

    /// <summary>The chunk of a message, and how it is got and set.</summary>
    /// <param name="parser">Reads the message.</param>
    /// <param name="numbers">The number of the chunk's field, and the highest one that the message knows.</param>
    /// <param name="get">The chunk as the generated code has it.</param>
    /// <param name="set">Sets it.</param>
    public static ChunkCodec<THeader> CodecOf(
        MessageParser<THeader> parser,
        (int Chunk, int Last) numbers,
        Func<THeader, ByteString> get,
        Action<THeader, ByteString> set) =>
        new(new ChunkFields<THeader>
        {
            ChunkField = numbers.Chunk,
            LastField = numbers.Last,
            Parser = parser.WithDiscardUnknownFields(true),
            GetChunk = get,
            ClearChunk = message => set(message, ByteString.Empty),
        });
}
