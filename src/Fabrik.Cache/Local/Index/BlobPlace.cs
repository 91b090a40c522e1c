using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Local.Index;

/// <summary>Where a content lies and how it looks there: the same in the record of its blob and of its entries.</summary>
internal readonly record struct BlobPlace
{
    /// <summary>Bytes of a place in a record.</summary>
    public const int Length = 1 + ContentDigest.Length + 8 + 8 + 4 + 8;

    /// <summary>How it lies there.</summary>
    public required BlobForm Form { get; init; }

    /// <summary>SHA-256 of the content.</summary>
    public required ContentDigest Digest { get; init; }

    /// <summary>Bytes of the content.</summary>
    public required long Size { get; init; }

    /// <summary>Bytes that it takes in its place.</summary>
    public required long StoredSize { get; init; }

    /// <summary>CRC-32C of a plain file; 0 for the other forms, which carry checksums of their own.</summary>
    public uint Checksum { get; init; }

    /// <summary>The number in its file's name; 0 when it lies in the index.</summary>
    public ulong File { get; init; }

    /// <summary>Whether it lies in the index.</summary>
    public bool IsInline => Form == BlobForm.Inline;

    /// <exception cref="InvalidDataException">The bytes are not a place.</exception>
    public static BlobPlace Read(ref RecordReader reader)
    {
        var form = (BlobForm)reader.U8();
        if (form > BlobForm.Encoded)
        {
            throw new InvalidDataException($"a blob has the unknown form {(byte)form}");
        }

        return new BlobPlace
        {
            Form = form,
            Digest = new ContentDigest(reader.Take(ContentDigest.Length)),
            Size = reader.I64(),
            StoredSize = reader.I64(),
            Checksum = reader.U32(),
            File = reader.U64(),
        };
    }

    public void Write(RecordWriter writer)
    {
        writer.U8((byte)Form);
        writer.Bytes(Digest.Bytes);
        writer.I64(Size);
        writer.I64(StoredSize);
        writer.U32(Checksum);
        writer.U64(File);
    }
}
