using System.Buffers;

namespace Fabrik.Cache.Local.Index;

/// <summary>
/// The store's exact accounting, persisted with every batch that changes it (docs/formats/store.md). A snapshot:
/// every change makes a new one, so that a batch which fails changes nothing.
/// </summary>
internal sealed record StoreCounters
{
    /// <summary>Tools that are told apart; further ones are counted as <c>other</c>.</summary>
    public const int MaxTools = 64;

    private const byte Version = 1;

    public static StoreCounters Zero { get; } = new();

    public long Entries { get; init; }

    public long Blobs { get; init; }

    public long LogicalBytes { get; init; }

    public long StoredBytes { get; init; }

    public IReadOnlyDictionary<string, ToolUsage> ByTool { get; init; } = new Dictionary<string, ToolUsage>(
        StringComparer.Ordinal);

    /// <summary>With one entry more (or, by a sign of -1, less).</summary>
    public StoreCounters WithEntry(EntryRecord entry, long cost, int sign)
    {
        var tools = new Dictionary<string, ToolUsage>(ByTool, StringComparer.Ordinal);
        var tool = tools.ContainsKey(entry.Metadata.Tool) || tools.Count < MaxTools ? entry.Metadata.Tool : "other";
        tools.TryGetValue(tool, out var usage);
        usage = new ToolUsage(usage.Entries + sign, usage.Bytes + (sign * entry.Place.Size));
        if (usage.Entries == 0)
        {
            tools.Remove(tool);
        }
        else
        {
            tools[tool] = usage;
        }

        return this with
        {
            Entries = Entries + sign,
            LogicalBytes = LogicalBytes + (sign * entry.Place.Size),
            StoredBytes = StoredBytes + (sign * cost),
            ByTool = tools,
        };
    }

    /// <summary>With one blob more (or, by a sign of -1, less).</summary>
    public StoreCounters WithBlob(BlobPlace place, int sign) => this with
    {
        Blobs = Blobs + sign,
        StoredBytes = StoredBytes + (sign * place.StoredSize),
    };

    public static StoreCounters Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        if (reader.U8() != Version)
        {
            throw new InvalidDataException("the store's counters have an unknown version");
        }

        var counters = new StoreCounters
        {
            Entries = reader.I64(),
            Blobs = reader.I64(),
            LogicalBytes = reader.I64(),
            StoredBytes = reader.I64(),
        };
        var tools = new Dictionary<string, ToolUsage>(StringComparer.Ordinal);
        for (var count = reader.U16(); count > 0; count--)
        {
            var tool = reader.Text(reader.U16());
            tools[tool] = new ToolUsage(reader.I64(), reader.I64());
        }

        return counters with { ByTool = tools };
    }

    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new RecordWriter(buffer);
        writer.U8(Version);
        writer.I64(Entries);
        writer.I64(Blobs);
        writer.I64(LogicalBytes);
        writer.I64(StoredBytes);
        writer.U16(ByTool.Count);
        foreach (var (tool, usage) in ByTool.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Text(tool);
            writer.I64(usage.Entries);
            writer.I64(usage.Bytes);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
