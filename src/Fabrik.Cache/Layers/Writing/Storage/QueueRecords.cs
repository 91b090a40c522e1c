using System.Buffers;
using System.Buffers.Binary;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local.Index;

namespace Fabrik.Cache.Layers.Writing.Storage;

/// <summary>The queue's column families, by index; names and order are persisted (docs/formats/queue.md).</summary>
internal static class QueueFamilies
{
    /// <summary>The format, and a <see cref="HeadRecord"/> for each upstream.</summary>
    public const int Meta = 0;

    /// <summary>Upstream and sequence → <see cref="OrderRecord"/>.</summary>
    public const int Orders = 1;

    /// <summary>Upstream and artifact id → <see cref="PlaceRecord"/>.</summary>
    public const int Places = 2;
}

/// <summary>Where the orders of an upstream begin and end, and what they add up to.</summary>
/// <param name="Number">The upstream's number in keys.</param>
internal readonly record struct HeadRecord(uint Number)
{
    private const byte Version = 1;

    /// <summary>The sequence of the next order.</summary>
    public ulong NextSequence { get; init; }

    /// <summary>Orders that wait.</summary>
    public long Orders { get; init; }

    /// <summary>How many of them are deletions.</summary>
    public long Deletions { get; init; }

    /// <summary>Bytes of their artifacts, as far as known.</summary>
    public long Bytes { get; init; }

    /// <summary>Since when the configuration has no such upstream, in Unix milliseconds; 0 if it has.</summary>
    public long MissingSince { get; init; }

    public void Write(ArrayBufferWriter<byte> buffer)
    {
        RecordWriter record = new(buffer);
        record.U8(Version);
        record.U32(Number);
        record.U64(NextSequence);
        record.I64(Orders);
        record.I64(Deletions);
        record.I64(Bytes);
        record.I64(MissingSince);
    }

    /// <summary>Reads a record; null when it is damaged.</summary>
    public static HeadRecord? Read(ReadOnlySpan<byte> bytes)
    {
        RecordReader record = new(bytes);
        var version = record.U8();
        HeadRecord head = new(record.U32())
        {
            NextSequence = record.U64(),
            Orders = record.I64(),
            Deletions = record.I64(),
            Bytes = record.I64(),
            MissingSince = record.I64(),
        };
        return record.HasFailed || version != Version ? null : head;
    }
}

/// <summary>An order, as it waits.</summary>
/// <param name="Sequence">Its place in its upstream's queue.</param>
/// <param name="Order">The order.</param>
/// <param name="EnqueuedAt">Since when, in Unix milliseconds.</param>
internal readonly record struct OrderRecord(ulong Sequence, UploadOrder Order, long EnqueuedAt)
{
    /// <summary>Bytes of a key.</summary>
    public const int KeyLength = sizeof(uint) + sizeof(ulong);

    private const byte Version = 1;

    public static void WriteKey(Span<byte> key, uint upstream, ulong sequence)
    {
        BinaryPrimitives.WriteUInt32BigEndian(key, upstream);
        BinaryPrimitives.WriteUInt64BigEndian(key[sizeof(uint)..], sequence);
    }

    /// <summary>The sequence in a key of an upstream; null in one of another upstream.</summary>
    public static ulong? ReadKey(ReadOnlySpan<byte> key, uint upstream) =>
        key.Length == KeyLength && BinaryPrimitives.ReadUInt32BigEndian(key) == upstream
            ? BinaryPrimitives.ReadUInt64BigEndian(key[sizeof(uint)..])
            : null;

    public void Write(ArrayBufferWriter<byte> buffer)
    {
        RecordWriter record = new(buffer);
        record.U8(Version);
        record.U8((byte)Order.Operation);
        record.I64(EnqueuedAt);
        record.I64(Order.Size);
        record.Bytes(Order.Id.Bytes);
        record.Text(Order.Tenant);
    }

    /// <summary>Reads a record; null when it is damaged.</summary>
    public static OrderRecord? Read(ulong sequence, ReadOnlySpan<byte> bytes)
    {
        RecordReader record = new(bytes);
        var version = record.U8();
        var operation = (UploadOperation)record.U8();
        var enqueuedAt = record.I64();
        var size = record.I64();
        var id = record.Take(ArtifactId.Length);
        var tenant = record.Text();
        return record.HasFailed || version != Version || !PlaceRecord.IsOperation(operation)
            ? null
            : new OrderRecord(
                sequence, new UploadOrder(tenant, new ArtifactId(id), operation) { Size = size }, enqueuedAt);
    }
}

/// <summary>Where the order for an artifact waits: an upstream has one for each artifact at most.</summary>
/// <param name="Sequence">The order's sequence.</param>
/// <param name="Operation">What it asks for.</param>
/// <param name="Size">The artifact's bytes, 0 if unknown.</param>
internal readonly record struct PlaceRecord(ulong Sequence, UploadOperation Operation, long Size)
{
    /// <summary>Bytes of a key.</summary>
    public const int KeyLength = sizeof(uint) + ArtifactId.Length;

    private const byte Version = 1;

    public static void WriteKey(Span<byte> key, uint upstream, ArtifactId id)
    {
        BinaryPrimitives.WriteUInt32BigEndian(key, upstream);
        id.Bytes.CopyTo(key[sizeof(uint)..]);
    }

    public void Write(ArrayBufferWriter<byte> buffer)
    {
        RecordWriter record = new(buffer);
        record.U8(Version);
        record.U8((byte)Operation);
        record.U64(Sequence);
        record.I64(Size);
    }

    /// <summary>Reads a record; null when it is damaged.</summary>
    public static PlaceRecord? Read(ReadOnlySpan<byte> bytes)
    {
        RecordReader record = new(bytes);
        var version = record.U8();
        var operation = (UploadOperation)record.U8();
        PlaceRecord place = new(record.U64(), operation, record.I64());
        return record.HasFailed || version != Version || !IsOperation(operation) ? null : place;
    }

    internal static bool IsOperation(UploadOperation operation) =>
        operation is UploadOperation.Put or UploadOperation.Replace or UploadOperation.Delete;
}
