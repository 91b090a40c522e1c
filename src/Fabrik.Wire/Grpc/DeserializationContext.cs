using System.Buffers;

namespace Fabrik.Wire.Grpc;

/// <summary>
/// Where a marshaller takes one message from, without its prefix and decompressed. The shape is that of the official
/// .NET API.
/// </summary>
public abstract class DeserializationContext
{
    /// <summary>The message's size in bytes.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>The message as a new array.</summary>
    public abstract byte[] PayloadAsNewBuffer();

    /// <summary>The message without a copy; valid only until the marshaller returns.</summary>
    public abstract ReadOnlySequence<byte> PayloadAsReadOnlySequence();
}
