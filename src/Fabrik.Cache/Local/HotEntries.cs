using System.Collections.Concurrent;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local.Blobs;
using Fabrik.Cache.Local.Index;

namespace Fabrik.Cache.Local;

/// <summary>
/// Entries that are read again and again, with their small values: such a hit asks nothing of the index. The least
/// recently used leave (a clock: one bit for each entry) when the memory that they may take is used up. Thread-safe;
/// finding takes no lock.
/// </summary>
/// <remarks>
/// It never shows what has been replaced: the committer removes an entry after its change was written, and whoever
/// offers one names the epoch from before the look-up; a removal in between ends that epoch.
/// </remarks>
internal sealed class HotEntries(long maxBytes)
{
    /// <summary>The longest value that is kept.</summary>
    public const int MaxValue = 64 * 1024;

    // Record, key, dictionary and list: about what an entry takes besides its value.
    private const int Overhead = 512;

    private const int EpochCount = 256;
    private const int DoorkeeperLength = 8192;

    private readonly ConcurrentDictionary<ArtifactId, HotEntry> _entries = new();
    private readonly LinkedList<HotEntry> _clock = [];
    private readonly Lock _gate = new();
    private readonly uint[] _epochs = new uint[EpochCount];
    private readonly ushort[] _seen = new ushort[DoorkeeperLength];
    private long _bytes;

    /// <summary>Bytes that entries take, about.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The entries.</summary>
    public int Count => _entries.Count;

    /// <summary>Finds an entry, which may have expired.</summary>
    public HotEntry? Find(ArtifactId id)
    {
        if (!_entries.TryGetValue(id, out var entry))
        {
            return null;
        }

        if (!entry.IsUsed)
        {
            entry.IsUsed = true;
        }

        return entry;
    }

    /// <summary>The epoch to be named with what is looked up from now on.</summary>
    public uint EpochOf(ArtifactId id) => Volatile.Read(ref _epochs[id.Bytes[0]]);

    /// <summary>
    /// Offers an entry that was found in the index. It is taken when it was offered before, not long ago: what is read
    /// once only pushes nothing out.
    /// </summary>
    public void Offer(uint epoch, ArtifactInfo info, in BlobPlace place, CachedArtifact? value)
    {
        var id = info.Id;
        if (maxBytes < Overhead || !WasSeen(id) || place.Size > MaxValue && place.IsInline)
        {
            return;
        }

        var entry = new HotEntry(info, place, CopyOf(info, value));
        lock (_gate)
        {
            if (_epochs[id.Bytes[0]] == epoch && _entries.TryAdd(id, entry))
            {
                entry.Node = _clock.AddLast(entry);
                _bytes += CostOf(entry);
                MakeRoom();
            }
        }
    }

    /// <summary>Forgets an entry that was changed or removed, and ends the epoch.</summary>
    public void Remove(ArtifactId id)
    {
        lock (_gate)
        {
            _epochs[id.Bytes[0]]++;
            if (_entries.TryRemove(id, out var entry))
            {
                Drop(entry);
            }
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            for (var i = 0; i < _epochs.Length; i++)
            {
                _epochs[i]++;
            }

            _entries.Clear();
            _clock.Clear();
            _bytes = 0;
        }
    }

    private static int CostOf(HotEntry entry) => Overhead + (entry.Value is null ? 0 : (int)entry.Info.Size);

    // What RocksDB holds in place is held by a session, which must not last.
    private static MemoryArtifact? CopyOf(ArtifactInfo info, CachedArtifact? value) => value switch
    {
        MemoryArtifact decoded => decoded,
        not null when value.TryGetMemory(out var bytes) => new MemoryArtifact(info, bytes.ToArray()),
        _ => null,
    };

    // Races cost a chance to be taken, nothing else.
    private bool WasSeen(ArtifactId id)
    {
        var hash = (uint)id.GetHashCode();
        var mark = (ushort)((hash >> 16) | 1);
        ref var slot = ref _seen[hash % DoorkeeperLength];
        var wasSeen = slot == mark;
        slot = mark;
        return wasSeen;
    }

    // Each turn takes an entry out or clears a bit, so there are at most twice as many as entries.
    private void MakeRoom()
    {
        while (_bytes > maxBytes && _clock.First is { } oldest)
        {
            var entry = oldest.Value;
            if (entry.IsUsed)
            {
                entry.IsUsed = false;
                _clock.RemoveFirst();
                _clock.AddLast(oldest);
            }
            else
            {
                _entries.TryRemove(entry.Info.Id, out _);
                Drop(entry);
            }
        }
    }

    private void Drop(HotEntry entry)
    {
        _clock.Remove(entry.Node!);
        _bytes -= CostOf(entry);
    }
}

/// <summary>An entry in memory.</summary>
/// <param name="info">What is known of it.</param>
/// <param name="place">Where its content lies.</param>
/// <param name="value">Its content; null when it is a file.</param>
internal sealed class HotEntry(ArtifactInfo info, BlobPlace place, MemoryArtifact? value)
{
    private volatile bool _isUsed;

    public ArtifactInfo Info => info;

    public BlobPlace Place => place;

    public MemoryArtifact? Value => value;

    /// <summary>Whether it was read since the clock came by.</summary>
    public bool IsUsed
    {
        get => _isUsed;
        set => _isUsed = value;
    }

    /// <summary>Its place in the clock; the gate's.</summary>
    public LinkedListNode<HotEntry>? Node { get; set; }

    public bool IsExpired(long now) => info.ExpiresAt is { } end && end.ToUnixTimeMilliseconds() <= now;
}
