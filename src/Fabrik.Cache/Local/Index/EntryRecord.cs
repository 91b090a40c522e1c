using System.Buffers;
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

    /// <summary>Bytes of properties that an entry may have.</summary>
    public const int MaxProperties = 16 * 1024;

    private const byte Version = 1;

    public bool IsExpired(long now) => ExpiresAt != 0 && ExpiresAt <= now;

    public static EntryRecord Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        if (reader.U8() != Version)
        {
            throw new InvalidDataException("an entry's record has an unknown version");
        }

        var place = BlobPlace.Read(ref reader);
        var created = reader.I64();
        var expires = reader.I64();
        var tool = reader.Text(reader.U16());
        var key = reader.Text(reader.U16());
        var properties = new KeyValuePair<string, string>[reader.U16()];
        for (var i = 0; i < properties.Length; i++)
        {
            var name = reader.Text(reader.U16());
            properties[i] = new(name, reader.Text(reader.U16()));
        }

        return new EntryRecord(
            place, created, expires, new ArtifactMetadata { Tool = tool, Key = key, Properties = properties });
    }

    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new RecordWriter(buffer);
        writer.U8(Version);
        Place.Write(writer);
        writer.I64(CreatedAt);
        writer.I64(ExpiresAt);
        writer.Text(Metadata.Tool);
        writer.Text(Metadata.Key.Length <= MaxKey ? Metadata.Key : Metadata.Key[..MaxKey]);
        writer.U16(Metadata.Properties.Count);
        foreach (var (name, value) in Metadata.Properties)
        {
            writer.Text(name);
            writer.Text(value);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Bytes that the record takes, with its key: what an entry costs besides its blob.</summary>
    public static long Cost(byte[] record) => ArtifactId.Length + record.Length;

    public ArtifactInfo ToInfo(ArtifactId id) => new()
    {
        Id = id,
        Digest = Place.Digest,
        Size = Place.Size,
        Metadata = Metadata,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
        ExpiresAt = ExpiresAt == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(ExpiresAt),
    };
}
