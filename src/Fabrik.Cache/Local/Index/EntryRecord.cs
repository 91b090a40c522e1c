using System.Buffers;
using System.Text;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Local.Index;

/// <summary>
/// The value of the <c>entries</c> family (docs/formats/store.md). It repeats its blob's place, so that a read needs no
/// second look-up. A listed entry's record has a version of its own.
/// </summary>
/// <param name="Head">Place and times.</param>
/// <param name="Metadata">What the tool said.</param>
internal sealed record EntryRecord(EntryHead Head, ArtifactMetadata Metadata)
{
    /// <summary>A key kept for people is cut to this many characters; that of a listed entry is not.</summary>
    public const int MaxKey = 256;

    /// <summary>Bytes of properties, in UTF-8, that an entry may have.</summary>
    public const int MaxProperties = 16 * 1024;

    private const byte PlainVersion = 1;
    private const byte ListedVersion = 2;
    private const int LengthField = 2;

    /// <summary>Where the content lies.</summary>
    public BlobPlace Place => Head.Place;

    /// <summary>Whether it has a row in the <c>listings</c> family.</summary>
    public bool IsListed => Metadata.Listing.Length > 0;

    /// <summary>
    /// Bytes that the record takes, with its key and its row in a listing: what an entry costs besides its blob.
    /// </summary>
    public long Cost => ArtifactId.Length + LengthOfRecord + LengthOfRow;

    private int LengthOfRecord => 1 + EntryHead.Length + (3 * LengthField)
        + Encoding.UTF8.GetByteCount(Metadata.Tool) + Encoding.UTF8.GetByteCount(KeptKey)
        + (IsListed ? LengthField + Encoding.UTF8.GetByteCount(Metadata.Listing) : 0)
        + LengthOfProperties(Metadata);

    private int LengthOfRow => IsListed ? ListingKey.LengthOfRow(Encoding.UTF8.GetByteCount(Metadata.Key)) : 0;

    private ReadOnlySpan<char> KeptKey =>
        IsListed ? Metadata.Key : Metadata.Key.AsSpan(0, Math.Min(Metadata.Key.Length, MaxKey));

    /// <summary>Bytes that properties take in a record.</summary>
    public static int LengthOfProperties(ArtifactMetadata metadata)
    {
        var length = 0;
        foreach (var (name, value) in metadata.Properties)
        {
            length += (2 * LengthField) + Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value);
        }

        return length;
    }

    /// <summary>Reads a record; <see langword="null"/> when the bytes are none.</summary>
    public static EntryRecord? Read(ReadOnlySpan<byte> bytes, ToolNames tools) =>
        TryReadHead(bytes, out var head) && ReadMetadata(bytes, tools) is { } metadata
            ? new EntryRecord(head, metadata)
            : null;

    /// <summary>Reads only the head; false when the bytes are no record.</summary>
    public static bool TryReadHead(ReadOnlySpan<byte> bytes, out EntryHead head)
    {
        var reader = new RecordReader(bytes);
        var version = reader.U8();
        return EntryHead.TryRead(ref reader, out head) && version is PlainVersion or ListedVersion;
    }

    /// <summary><see cref="Cost"/> of a record that is not read otherwise.</summary>
    public static long CostOf(ReadOnlySpan<byte> bytes)
    {
        var reader = ReaderOfMetadata(bytes, out var isListed);
        reader.TextBytes();
        var key = reader.TextBytes();
        return ArtifactId.Length + bytes.Length + (isListed ? ListingKey.LengthOfRow(key.Length) : 0);
    }

    /// <summary>Whether a record is that of an entry with this key in this listing, both in UTF-8.</summary>
    public static bool IsListedAs(
        ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> listing, ReadOnlySpan<byte> key)
    {
        var reader = ReaderOfMetadata(bytes, out var isListed);
        reader.TextBytes();
        return isListed && reader.TextBytes().SequenceEqual(key) && reader.TextBytes().SequenceEqual(listing)
            && !reader.HasFailed;
    }

    /// <summary>Reads what is behind the head; <see langword="null"/> when the bytes are no record.</summary>
    public static ArtifactMetadata? ReadMetadata(ReadOnlySpan<byte> bytes, ToolNames tools)
    {
        var reader = ReaderOfMetadata(bytes, out var isListed);
        var tool = tools.Get(reader.TextBytes());
        var key = reader.Text();
        var listing = isListed ? reader.Text() : "";
        var properties = ReadProperties(ref reader);
        return reader.HasFailed
            ? null
            : new ArtifactMetadata { Tool = tool, Key = key, Listing = listing, Properties = properties };
    }

    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>(LengthOfRecord);
        var writer = new RecordWriter(buffer);
        writer.U8(IsListed ? ListedVersion : PlainVersion);
        Head.Write(writer);
        writer.Text(Metadata.Tool);
        writer.Text(KeptKey);
        if (IsListed)
        {
            writer.Text(Metadata.Listing);
        }

        writer.U16(Metadata.Properties.Count);
        foreach (var (name, value) in Metadata.Properties)
        {
            writer.Text(name);
            writer.Text(value);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads behind the head.</summary>
    private static RecordReader ReaderOfMetadata(ReadOnlySpan<byte> bytes, out bool isListed)
    {
        var reader = new RecordReader(bytes);
        isListed = reader.U8() == ListedVersion;
        reader.Take(EntryHead.Length);
        return reader;
    }

    private static KeyValuePair<string, string>[] ReadProperties(ref RecordReader reader)
    {
        var count = reader.U16();
        if (count == 0 || count > MaxProperties / (2 * LengthField))
        {
            return [];
        }

        var properties = new KeyValuePair<string, string>[count];
        foreach (ref var property in properties.AsSpan())
        {
            property = new(reader.Text(), reader.Text());
        }

        return properties;
    }
}
