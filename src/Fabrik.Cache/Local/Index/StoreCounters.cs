using System.Buffers;

namespace Fabrik.Cache.Local.Index;

/// <summary>
/// The store's exact accounting, persisted with every batch that changes it (docs/formats/store.md). A transaction
/// changes a copy, which becomes the store's once it is written; what is published never changes.
/// </summary>
internal sealed class StoreCounters
{
    /// <summary>Tools that are told apart; further ones are counted as <see cref="Other"/>.</summary>
    public const int MaxTools = 64;

    /// <summary>What tools above <see cref="MaxTools"/> are counted as.</summary>
    public const string Other = "other";

    private const byte Version = 1;

    private readonly Dictionary<string, ToolUsage> _byTool;

    public StoreCounters()
        : this([])
    {
    }

    private StoreCounters(Dictionary<string, ToolUsage> byTool) => _byTool = byTool;

    public long Entries { get; private set; }

    public long Blobs { get; private set; }

    /// <summary>The sum of the entries' sizes, as tools sent them.</summary>
    public long LogicalBytes { get; private set; }

    /// <summary>Each blob once, as it lies on disk, and the entries' records.</summary>
    public long StoredBytes { get; private set; }

    public IReadOnlyDictionary<string, ToolUsage> ByTool => _byTool;

    public StoreCounters Copy() => new(new Dictionary<string, ToolUsage>(_byTool, StringComparer.Ordinal))
    {
        Entries = Entries,
        Blobs = Blobs,
        LogicalBytes = LogicalBytes,
        StoredBytes = StoredBytes,
    };

    /// <summary>Counts an entry: a sign of 1 for one more, of -1 for one less.</summary>
    public void Count(EntryRecord entry, int sign)
    {
        Entries += sign;
        LogicalBytes += sign * entry.Place.Size;
        StoredBytes += sign * entry.Cost;
        var name = entry.Metadata.Tool;
        if (!_byTool.TryGetValue(name, out var usage) && (sign < 0 || _byTool.Count >= MaxTools))
        {
            name = Other;
            _byTool.TryGetValue(name, out usage);
        }

        usage = new ToolUsage(usage.Entries + sign, usage.Bytes + (sign * entry.Place.Size));
        if (usage.Entries == 0)
        {
            _byTool.Remove(name);
        }
        else
        {
            _byTool[name] = usage;
        }
    }

    /// <summary>Counts a blob: a sign of 1 for one more, of -1 for one less.</summary>
    public void Count(BlobPlace place, int sign)
    {
        Blobs += sign;
        StoredBytes += sign * place.StoredSize;
    }

    /// <summary>Reads a record; <see langword="null"/> when the bytes are none.</summary>
    public static StoreCounters? Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        var version = reader.U8();
        var counters = new StoreCounters
        {
            Entries = reader.I64(),
            Blobs = reader.I64(),
            LogicalBytes = reader.I64(),
            StoredBytes = reader.I64(),
        };
        for (var count = reader.U16(); count > 0; count--)
        {
            var tool = reader.Text();
            counters._byTool[tool] = new ToolUsage(reader.I64(), reader.I64());
        }

        return version == Version && !reader.HasFailed ? counters : null;
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
        writer.U16(_byTool.Count);
        foreach (var (tool, usage) in _byTool.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Text(tool);
            writer.I64(usage.Entries);
            writer.I64(usage.Bytes);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
