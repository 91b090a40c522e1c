using System.Buffers;

namespace Fabrik.Wire.Grpc;

/// <summary>Turns messages of one type into bytes and back. The shape is that of the official .NET API.</summary>
/// <typeparam name="T">The message.</typeparam>
public class Marshaller<T>
{
    /// <summary>Makes one over arrays: simple, and an array for each message.</summary>
    public Marshaller(Func<T, byte[]> serializer, Func<byte[], T> deserializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        ArgumentNullException.ThrowIfNull(deserializer);
        Serializer = serializer;
        Deserializer = deserializer;
        ContextualSerializer = (message, context) => context.Complete(serializer(message));
        ContextualDeserializer = context => deserializer(context.PayloadAsNewBuffer());
    }

    /// <summary>Makes one over the buffers of the transport: nothing is copied.</summary>
    public Marshaller(Action<T, SerializationContext> serializer, Func<DeserializationContext, T> deserializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        ArgumentNullException.ThrowIfNull(deserializer);
        ContextualSerializer = serializer;
        ContextualDeserializer = deserializer;
        Serializer = SerializeToArray;
        Deserializer = payload => deserializer(new ArrayDeserializationContext(payload));
    }

    /// <summary>Makes an array of a message.</summary>
    public Func<T, byte[]> Serializer { get; }

    /// <summary>Makes a message of an array.</summary>
    public Func<byte[], T> Deserializer { get; }

    /// <summary>Writes a message.</summary>
    public Action<T, SerializationContext> ContextualSerializer { get; }

    /// <summary>Reads a message.</summary>
    public Func<DeserializationContext, T> ContextualDeserializer { get; }

    private byte[] SerializeToArray(T message)
    {
        var context = new ArraySerializationContext();
        ContextualSerializer(message, context);
        return context.Payload;
    }

    private sealed class ArraySerializationContext : SerializationContext
    {
        private byte[]? _payload;
        private ArrayBufferWriter<byte>? _writer;
        private int _length;

        public byte[] Payload =>
            _payload ?? throw new InvalidOperationException("the serializer did not complete the message");

        public override void Complete(byte[] payload)
        {
            ArgumentNullException.ThrowIfNull(payload);
            _payload = payload;
        }

        public override IBufferWriter<byte> GetBufferWriter() =>
            _writer ??= _length > 0 ? new ArrayBufferWriter<byte>(_length) : new ArrayBufferWriter<byte>();

        public override void SetPayloadLength(int payloadLength) => _length = payloadLength;

        public override void Complete() => _payload = _writer is null ? [] : _writer.WrittenSpan.ToArray();
    }

    private sealed class ArrayDeserializationContext(byte[] payload) : DeserializationContext
    {
        public override int PayloadLength => payload.Length;

        public override byte[] PayloadAsNewBuffer() => payload;

        public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => new(payload);
    }
}
