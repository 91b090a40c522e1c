using System.Buffers;

namespace Fabrik.Wire.Grpc;

/// <summary>Where a marshaller puts one message. The shape is that of the official .NET API.</summary>
public abstract class SerializationContext
{
    /// <summary>Gives the whole message as an array, which must not be changed any more. Ends the message.</summary>
    public abstract void Complete(byte[] payload);

    /// <summary>Where to write the message; followed by <see cref="Complete()"/>.</summary>
    public abstract IBufferWriter<byte> GetBufferWriter();

    /// <summary>
    /// Says, before the first <see cref="GetBufferWriter"/>, how many bytes will be written: then none is copied.
    /// </summary>
    public abstract void SetPayloadLength(int payloadLength);

    /// <summary>Ends a message that was written to <see cref="GetBufferWriter"/>.</summary>
    public abstract void Complete();
}
