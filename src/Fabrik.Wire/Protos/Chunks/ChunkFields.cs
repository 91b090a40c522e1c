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
}
