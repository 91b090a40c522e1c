using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Local.Index;

/// <summary>Where a content lies and how it looks there: the same in the record of its blob and of its entries.</summary>
/// <param name="Digest">SHA-256 of the content.</param>
/// <param name="Size">Bytes of the content.</param>
/// <param name="StoredSize">Bytes that it takes in its place.</param>
/// <param name="Checksum">CRC-32C of the bytes in its place.</param>
/// <param name="File">The number in its file's name, or 0 when it lies in the index.</param>
internal readonly record struct BlobPlace(
    ContentDigest Digest, long Size, long StoredSize, uint Checksum, ulong File)
{
    /// <summary>Bytes of a place in a record.</summary>
    public const int Length = ContentDigest.Length + 8 + 8 + 4 + 8;

    public bool IsInline => File == 0;

    public static BlobPlace Read(ref RecordReader reader) => new(
        new ContentDigest(reader.Take(ContentDigest.Length)), reader.I64(), reader.I64(), reader.U32(), reader.U64());

    public void Write(RecordWriter writer)
    {
        writer.Bytes(Digest.Bytes);
        writer.I64(Size);
        writer.I64(StoredSize);
        writer.U32(Checksum);
        writer.U64(File);
    }
}
