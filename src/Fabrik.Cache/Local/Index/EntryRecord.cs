using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Local.Index;

/// <summary>
/// The value of the <c>entries</c> family (docs/formats/store.md). It repeats its blob's place, so that a read needs no
/// second look-up.
/// </summary>
/// <param name="Place">Where the content lies.</param>
/// <param name="CreatedAt">When it was stored, Unix milliseconds.</param>
/// <param name="ExpiresAt">When it expires, Unix milliseconds; 0 for never.</param>
/// <param name="Metadata">What the tool said.</param>
internal sealed record EntryRecord(BlobPlace Place, long CreatedAt, long ExpiresAt, ArtifactMetadata Metadata)
{
    /// <summary>A key kept for people is cut to this many characters.</summary>
    public const int MaxKey = 256;

    /// <summary>Bytes of properties, in UTF-8, that an entry may have.</summary>
    public const int MaxProperties = 16 * 1024;

    private const byte Version = 1;
    private const int StoredSizeOffset = 1 + 1 + ContentDigest.Length + 8;
    private const int CreatedAtOffset = 1 + BlobPlace.Length;
    private const int ExpiresAtOffset = CreatedAtOffset + 8;
    private const int HeadLength = ExpiresAtOffset + 8;

    /// <summary>Bytes that the record takes, with its key: what an entry costs besides its blob.</summary>
    public long Cost { get; } = ArtifactId.Length + HeadLength + LengthOf(Metadata);

    /// <summary>Reads a record; <see langword="null"/> when the bytes are none.</summary>
    public static EntryRecord? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new RecordReader(bytes);
            reader.Expect(Version);
            var place = BlobPlace.Read(ref reader);
            var created = reader.I64();
            var expires = reader.I64();
            return new EntryRecord(place, created, expires, ReadMetadata(ref reader));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Reads only what the order of eviction needs; false when the bytes are no record.</summary>
    public static bool TryReadHead(ReadOnlySpan<byte> bytes, out EntryHead head)
    {
        head = default;
        if (bytes.Length < HeadLength || bytes[0] != Version)
        {
            return false;
        }

        head = new EntryHead(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[StoredSizeOffset..]) + ArtifactId.Length + bytes.Length,
            BinaryPrimitives.ReadInt64LittleEndian(bytes[CreatedAtOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[ExpiresAtOffset..]));
        return true;
    }

    public bool IsExpired(long now) => ExpiresAt != 0 && ExpiresAt <= now;

    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>((int)Cost);
        var writer = new RecordWriter(buffer);
        writer.U8(Version);
        Place.Write(writer);
        writer.I64(CreatedAt);
        writer.I64(ExpiresAt);
        writer.Text(Metadata.Tool);
        writer.Text(CutKey(Metadata.Key));
        writer.U16(Metadata.Properties.Count);
        foreach (var (name, value) in Metadata.Properties)
        {
            writer.Text(name);
            writer.Text(value);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public ArtifactInfo ToInfo(ArtifactId id) => new()
    {
        Id = id,
        Digest = Place.Digest,
        Size = Place.Size,
        Metadata = Metadata,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
        ExpiresAt = ExpiresAt == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(ExpiresAt),
    };

    private static ArtifactMetadata ReadMetadata(ref RecordReader reader)
    {
        var tool = reader.Text();
        var key = reader.Text();
        var count = reader.U16();
        if (count == 0)
        {
            return new ArtifactMetadata { Tool = tool, Key = key };
        }

        var properties = new KeyValuePair<string, string>[count];
        for (var i = 0; i < properties.Length; i++)
        {
            properties[i] = new(reader.Text(), reader.Text());
        }

        return new ArtifactMetadata { Tool = tool, Key = key, Properties = properties };
    }

    private static int LengthOf(ArtifactMetadata metadata)
    {
        const int LengthField = 2;
        var length = (3 * LengthField) + Encoding.UTF8.GetByteCount(metadata.Tool)
            + Encoding.UTF8.GetByteCount(CutKey(metadata.Key));
        foreach (var (name, value) in metadata.Properties)
        {
            length += (2 * LengthField) + Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value);
        }

        return length;
    }

    private static ReadOnlySpan<char> CutKey(string key) => key.AsSpan(0, Math.Min(key.Length, MaxKey));
}
