using System.Buffers;

namespace Fabrik.Cache.Local.Index;

/// <summary>
/// The value of the <c>blobs</c> family: a content and how many entries point at it (docs/formats/store.md).
/// </summary>
internal readonly record struct BlobRecord(BlobPlace Place, uint References)
{
    private const byte Version = 1;

    /// <summary>Reads a record; <see langword="null"/> when the bytes are none.</summary>
    public static BlobRecord? Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        var version = reader.U8();
        var isKnown = BlobPlace.TryRead(ref reader, out var place);
        var record = new BlobRecord(place, reader.U32());
        return version == Version && isKnown && !reader.HasFailed ? record : null;
    }

    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>(1 + BlobPlace.Length + 4);
        var writer = new RecordWriter(buffer);
        writer.U8(Version);
        Place.Write(writer);
        writer.U32(References);
        return buffer.WrittenSpan.ToArray();
    }
}
