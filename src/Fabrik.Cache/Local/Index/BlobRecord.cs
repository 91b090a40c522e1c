using System.Buffers;

namespace Fabrik.Cache.Local.Index;

/// <summary>The value of the <c>blobs</c> family: a content and how many entries point at it (docs/formats/store.md).</summary>
internal readonly record struct BlobRecord(BlobPlace Place, uint References)
{
    private const byte Version = 1;

    public static BlobRecord Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        if (reader.U8() != Version)
        {
            throw new InvalidDataException("a blob's record has an unknown version");
        }

        return new BlobRecord(BlobPlace.Read(ref reader), reader.U32());
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
