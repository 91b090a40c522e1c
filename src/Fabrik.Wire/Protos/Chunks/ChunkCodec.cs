using System.Buffers;
using System.Collections.Concurrent;
using Fabrik.Wire.Grpc;
using Google.Protobuf;

namespace Fabrik.Wire.Protos.Chunks;

/// <summary>
/// Reads and writes messages that carry chunks, such that a chunk costs one copy and no object. Everything but the
/// chunk is read by the generated code; so is, as a whole, every message that is encoded in an unusual way.
/// </summary>
/// <typeparam name="THeader">The generated message.</typeparam>
public sealed class ChunkCodec<THeader>
    where THeader : class, IMessage<THeader>, new()
{
    /// <summary>Messages that wait for their next use at most; each is a few words, without its bytes.</summary>
    private const int MaxPooled = 256;

    private readonly ChunkFields<THeader> _fields;
    private readonly ConcurrentQueue<ChunkMessage<THeader>> _pool = new();
    private int _pooled;

    internal ChunkCodec(ChunkFields<THeader> fields)
    {
        _fields = fields;
        Marshaller = new Marshaller<ChunkMessage<THeader>>(
            Write, context => Read(context.PayloadAsReadOnlySequence()));
    }

    /// <summary>
    /// For gRPC methods. A message that was received belongs to the receiver, who disposes of it; one that is sent
    /// stays the sender's.
    /// </summary>
    public Marshaller<ChunkMessage<THeader>> Marshaller { get; }

    /// <summary>An empty message to fill and send.</summary>
    public ChunkMessage<THeader> Rent()
    {
        if (!_pool.TryDequeue(out var message))
        {
            return new ChunkMessage<THeader>(this).Lend();
        }

        Interlocked.Decrement(ref _pooled);
        return message.Lend();
    }

    /// <summary>Reads a message.</summary>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no such message.</exception>
    public ChunkMessage<THeader> Read(in ReadOnlySequence<byte> payload)
    {
        var place = ChunkPlace.Find(payload, _fields.ChunkField, _fields.LastField);
        var message = Rent();
        try
        {
            if (!place.IsPlain)
            {
                ReadAll(payload, message);
                return message;
            }

            message.Header = place.HasOthers ? ReadOthers(payload, place) : null;
            message.Keep(payload.Slice(place.Start, place.Length));
            return message;
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }

    /// <summary>Writes a message.</summary>
    /// <exception cref="ArgumentException">The header has a chunk of its own.</exception>
    public void Write(ChunkMessage<THeader> message, SerializationContext context)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(context);
        var (header, chunk) = (message.Header, message.Chunk);
        if (header is not null && _fields.GetChunk(header).Length > 0)
        {
            throw new ArgumentException("the chunk belongs into the message, not into its header", nameof(message));
        }

        var length = checked((int)chunk.Length);
        var size = (header?.CalculateSize() ?? 0)
            + (length == 0 ? 0 : 1 + CodedOutputStream.ComputeLengthSize(length) + length);
        context.SetPayloadLength(size);
        var output = context.GetBufferWriter();
        header?.WriteTo(output);
        if (length > 0)
        {
            WriteChunk(chunk, length, output);
        }

        context.Complete();
    }

    internal void TakeBack(ChunkMessage<THeader> message)
    {
        if (Interlocked.Increment(ref _pooled) <= MaxPooled)
        {
            _pool.Enqueue(message);
        }
        else
        {
            Interlocked.Decrement(ref _pooled);
        }
    }

    private void WriteChunk(in ReadOnlySequence<byte> chunk, int length, IBufferWriter<byte> output)
    {
        var prefix = output.GetSpan(1 + sizeof(ulong));
        prefix[0] = (byte)(_fields.ChunkField << 3 | 2);
        var count = 1;
        for (var rest = (uint)length; ; rest >>= 7)
        {
            prefix[count++] = (byte)(rest < 0x80 ? rest : rest & 0x7F | 0x80);
            if (rest < 0x80)
            {
                break;
            }
        }

        output.Advance(count);
        foreach (var segment in chunk)
        {
            output.Write(segment.Span);
        }
    }

    private THeader? ReadOthers(in ReadOnlySequence<byte> payload, in ChunkPlace place)
    {
        // Fields merge in their order: the message without its chunk is what stands before and behind it.
        var before = payload.Slice(0, place.FieldStart);
        var behind = payload.Slice(place.Start + place.Length);
        var length = checked((int)(before.Length + behind.Length));
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            before.CopyTo(bytes);
            behind.CopyTo(bytes.AsSpan((int)before.Length));
            return NullIfEmpty(_fields.Parser.ParseFrom(bytes.AsSpan(0, length)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void ReadAll(in ReadOnlySequence<byte> payload, ChunkMessage<THeader> message)
    {
        var header = _fields.Parser.ParseFrom(payload);
        message.Keep(new ReadOnlySequence<byte>(_fields.GetChunk(header).Memory));
        _fields.ClearChunk(header);
        message.Header = NullIfEmpty(header);
    }

    private static THeader? NullIfEmpty(THeader header) => header.CalculateSize() == 0 ? null : header;
}
