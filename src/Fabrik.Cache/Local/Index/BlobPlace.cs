using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Local.Index;

/// <summary>
/// Where a content lies and how it looks there: the same in the record of its blob and of its entries.
/// </summary>
internal readonly record struct BlobPlace
{
    /// <summary>Bytes of a place in a record.</summary>
    public const int Length = 1 + ContentDigest.Length + 8 + 8 + 4 + 4 + 8;

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

    /// <summary>The first four bytes of the id of the key it is encrypted under; 0 if it is not.</summary>
    public uint KeyTag { get; init; }

    /// <summary>The number in the name of its file or its value: random, never used again.</summary>
    public required ulong Number { get; init; }

    /// <summary>Whether it lies in the index.</summary>
    public bool IsInline => Form == BlobForm.Inline;

    /// <summary>Whether it can be read by who has a certain key, or none (0).</summary>
    public bool IsReadableWith(uint keyTag) => KeyTag == 0 || KeyTag == keyTag;

    /// <summary>Reads a place; false when the bytes are none.</summary>
    public static bool TryRead(ref RecordReader reader, out BlobPlace place)
    {
        var form = (BlobForm)reader.U8();
        var digest = reader.Take(ContentDigest.Length);
        place = new BlobPlace
        {
            Form = form,
            Digest = digest.IsEmpty ? default : new ContentDigest(digest),
            Size = reader.I64(),
            StoredSize = reader.I64(),
            Checksum = reader.U32(),
            KeyTag = reader.U32(),
            Number = reader.U64(),
        };
        return form <= BlobForm.Encoded && !reader.HasFailed;
    }

    public void Write(RecordWriter writer)
    {
        writer.U8((byte)Form);
        writer.Bytes(Digest.Bytes);
        writer.I64(Size);
        writer.I64(StoredSize);
        writer.U32(Checksum);
        writer.U32(KeyTag);
        writer.U64(Number);
    }
}
