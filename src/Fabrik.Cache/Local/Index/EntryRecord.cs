using System.Buffers;
using System.Text;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Local.Index;

/// <summary>
/// The value of the <c>entries</c> family (docs/formats/store.md). It repeats its blob's place, so that a read needs no
/// second look-up.
/// </summary>
/// <param name="Head">Place and times.</param>
/// <param name="Metadata">What the tool said.</param>
internal sealed record EntryRecord(EntryHead Head, ArtifactMetadata Metadata)
{
    /// <summary>A key kept for people is cut to this many characters.</summary>
    public const int MaxKey = 256;

    /// <summary>Bytes of properties, in UTF-8, that an entry may have.</summary>
    public const int MaxProperties = 16 * 1024;

    private const byte Version = 1;
    private const int LengthField = 2;

    /// <summary>Where the content lies.</summary>
    public BlobPlace Place => Head.Place;

    /// <summary>Bytes that the record takes, with its key: what an entry costs besides its blob.</summary>
    public long Cost => ArtifactId.Length + 1 + EntryHead.Length + (3 * LengthField)
        + Encoding.UTF8.GetByteCount(Metadata.Tool) + Encoding.UTF8.GetByteCount(CutKey(Metadata.Key))
        + LengthOfProperties(Metadata);

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
        return EntryHead.TryRead(ref reader, out head) && version == Version;
    }

    /// <summary>Reads what is behind the head; <see langword="null"/> when the bytes are no record.</summary>
    public static ArtifactMetadata? ReadMetadata(ReadOnlySpan<byte> bytes, ToolNames tools)
    {
        var reader = new RecordReader(bytes);
        reader.Take(1 + EntryHead.Length);
        var tool = tools.Get(reader.TextBytes());
        var key = reader.Text();
        var properties = ReadProperties(ref reader);
        return reader.HasFailed ? null : new ArtifactMetadata { Tool = tool, Key = key, Properties = properties };
    }

    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>((int)Cost);
        var writer = new RecordWriter(buffer);
        writer.U8(Version);
        Head.Write(writer);
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

    private static ReadOnlySpan<char> CutKey(string key) => key.AsSpan(0, Math.Min(key.Length, MaxKey));
}
