using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Proxies.Storage;

/// <summary>
/// The heads: parsed once, in memory up to a number, and in the store. What is changed holds at once and is written
/// behind; of one key one write is under way at a time, the last state wins, and what was removed does not come back.
/// </summary>
internal sealed class HeadTable(ICacheTier tier, int limit)
{
    private const string Tool = "s3-proxy";

    // What a new head may spend on finding room: the request that brings it waits for that.
    private const int LooksPerHead = 64;

    // Of the limit: by so much it is passed at most while all that is looked at was read lately.
    private const int SlackShare = 8;

    private readonly ConcurrentDictionary<ResourceKey, HeadSlot> _slots = new();
    private readonly ConcurrentQueue<HeadSlot> _order = new();
    private readonly Lock _trimming = new();

    // The dictionary takes all its locks to count.
    private int _count;

    /// <summary>Heads in memory, with those that are known to be absent.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The head from memory; false when the store has to be asked (<see cref="FindAsync"/>).</summary>
    public bool TryFind(ResourceKey key, out StoredHead? head)
    {
        head = null;
        if (!_slots.TryGetValue(key, out var slot) || !slot.TryRead(out head))
        {
            return false;
        }

        if (head is not null && slot.IsToldOf())
        {
            _ = TouchAsync(slot);
        }

        return true;
    }

    /// <summary>The head, or null.</summary>
    public async ValueTask<StoredHead?> FindAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        while (true)
        {
            var slot = Slot(key);
            if (slot.TryRead(out var head))
            {
                return head;
            }

            var version = slot.Version;
            head = await LoadAsync(key, cancellationToken);
            slot.Loaded(version, head);
        }
    }

    /// <summary>
    /// Changes a head that is in memory, or makes one: what <paramref name="change"/> gives holds at once.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="change">Gets the present head and gives the new one; null removes it.</param>
    /// <param name="persist">Whether it is written to the store; what is in flight need not be.</param>
    public void Update(ResourceKey key, Func<StoredHead?, StoredHead?> change, bool persist = true)
    {
        while (true)
        {
            var slot = Slot(key);
            if (slot.TryChange(change, persist, out var startsWriting))
            {
                if (startsWriting)
                {
                    _ = WriteAsync(slot);
                }

                return;
            }
        }
    }

    /// <summary>Removes a head, whether it is in memory or not.</summary>
    public void Remove(ResourceKey key) => Update(key, static _ => null);

    /// <summary>The keys of a bucket that are in memory: not all of these need be in the store.</summary>
    public IEnumerable<ResourceKey> KeysOf(string bucket) =>
        from slot in _slots.Values
        where slot.Key.Bucket == bucket && slot.HasHead
        select slot.Key;

    /// <summary>Waits until what was changed before is written.</summary>
    public async Task FlushAsync()
    {
        foreach (var slot in _slots.Values)
        {
            await slot.WhenWritten();
        }
    }

    // What is read from memory is in use in the store too: else eviction would take it for forgotten, and the body
    // that only it leads to would be lost with the process.
    private async Task TouchAsync(HeadSlot slot)
    {
        var found = await tier.GetAsync(slot.Key.HeadId(), CancellationToken.None);
        if (!found.TryGet(out var artifact, out _))
        {
            return;
        }

        if (artifact is not null)
        {
            await artifact.DisposeAsync();
        }
        else if (slot.TryChange(static head => head, persist: true, out var startsWriting) && startsWriting)
        {
            await WriteAsync(slot);
        }
    }

    private HeadSlot Slot(ResourceKey key)
    {
        if (_slots.TryGetValue(key, out var slot))
        {
            return slot;
        }

        slot = new HeadSlot(key);
        var kept = _slots.GetOrAdd(key, slot);
        if (ReferenceEquals(kept, slot))
        {
            Interlocked.Increment(ref _count);
            _order.Enqueue(slot);
            Trim();
        }

        return kept;
    }

    // Second chance: what was read since it was looked at last goes to the end of the queue.
    private void Trim()
    {
        if (Count <= limit || !_trimming.TryEnter())
        {
            return;
        }

        try
        {
            for (var looks = 0; looks < LooksPerHead && Count > limit && _order.TryDequeue(out var slot); looks++)
            {
                if (slot.TryRetire(evenIfRead: Count > limit + (limit / SlackShare)))
                {
                    _slots.TryRemove(new KeyValuePair<ResourceKey, HeadSlot>(slot.Key, slot));
                    Interlocked.Decrement(ref _count);
                }
                else
                {
                    _order.Enqueue(slot);
                }
            }
        }
        finally
        {
            _trimming.Exit();
        }
    }

    private async ValueTask<StoredHead?> LoadAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        var found = await tier.GetAsync(key.HeadId(), cancellationToken);
        if (!found.TryGet(out var artifact, out _) || artifact is null)
        {
            return null;
        }

        await using (artifact)
        {
            return artifact.Info.Size <= HeadCodec.MaxBytes
                && await ReadAsync(artifact, cancellationToken) is { } bytes
                && HeadCodec.TryDecode(key, bytes, out var head)
                    ? head
                    : null;
        }
    }

    private static async ValueTask<byte[]?> ReadAsync(CachedArtifact artifact, CancellationToken cancellationToken)
    {
        if (artifact.TryGetMemory(out var memory))
        {
            return memory.ToArray();
        }

        using var bytes = new MemoryStream((int)artifact.Info.Size);
        var writer = PipeWriter.Create(bytes, new StreamPipeWriterOptions(leaveOpen: true));
        var copied = await artifact.CopyToAsync(writer, 0, artifact.Info.Size, cancellationToken);
        await writer.CompleteAsync();
        return copied.Error is null ? bytes.ToArray() : null;
    }

    [SuppressMessage("Reliability", "CA2016", Justification = "What holds is written, whoever caused it.")]
    private async Task WriteAsync(HeadSlot slot)
    {
        await Task.Yield();
        while (slot.NextWrite(out var head))
        {
            var bytes = head is null || !head.IsKept ? null : HeadCodec.Encode(head);
            if (bytes is null || bytes.Length > HeadCodec.MaxBytes)
            {
                await tier.DeleteAsync(slot.Key.HeadId(), CancellationToken.None);
                continue;
            }

            var reader = PipeReader.Create(new ReadOnlySequence<byte>(bytes));
            await tier.PutAsync(slot.Key.HeadId(), reader, Options(slot.Key, bytes.Length), CancellationToken.None);
            await reader.CompleteAsync();
        }
    }

    private static PutOptions Options(ResourceKey key, int size) => new()
    {
        Metadata = key.IsListed
            ? new ArtifactMetadata { Tool = Tool, Key = key.Target, Listing = ResourceKey.ListingOf(key.Bucket) }
            : new ArtifactMetadata { Tool = Tool },
        ExpectedSize = size,
        Overwrite = true,
    };
}
