using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Codec;
using Fabrik.Cache.Eviction;
using Fabrik.Cache.Local.Blobs;
using Fabrik.Cache.Local.Commit;
using Fabrik.Cache.Local.Index;
using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Local;

/// <summary>Opens artifacts: straight from the index and the files, from any thread, without a lock.</summary>
internal sealed class StoreReader(StoreDatabase database, StoreState state, DamageReport damaged, ILogger logger)
{
    /// <summary>Times that an entry may be replaced between being found and being opened.</summary>
    private const int MaxAttempts = 16;

    private int _hasMetOtherKey;

    private readonly FileOpener _files = new(state, damaged);

    /// <summary>Opens an artifact and counts that as a use; <see langword="null"/> is a miss.</summary>
    public ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        if (state.Hot.Find(id) is { } hot && !hot.IsExpired(state.NowMilliseconds))
        {
            return GetAsync(hot, cancellationToken);
        }

        return NoteAsync(id, OpenAsync(id, cancellationToken, state.Hot.EpochOf(id)));
    }

    /// <summary>
    /// Opens an artifact from the disk; <see langword="null"/> is a miss. What is in memory or a plain file is opened
    /// at once.
    /// </summary>
    /// <param name="id">The artifact.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <param name="epoch">With one, what is found is offered to <see cref="HotEntries"/>.</param>
    public ValueTask<CacheResult<CachedArtifact?>> OpenAsync(
        ArtifactId id, CancellationToken cancellationToken, uint? epoch = null)
    {
        if (Find(id, out var hit) is { } error)
        {
            return ValueTask.FromResult<CacheResult<CachedArtifact?>>(error);
        }

        if (hit.Info is null)
        {
            return ValueTask.FromResult<CacheResult<CachedArtifact?>>(default(CachedArtifact));
        }

        if (epoch is { } before && hit.Value.Error is null)
        {
            state.Hot.Offer(before, hit.Info, hit.Place, hit.Value.Value);
        }

        return OpenAsync(id, hit, cancellationToken);
    }

    private ValueTask<CacheResult<CachedArtifact?>> GetAsync(HotEntry hot, CancellationToken cancellationToken)
    {
        var id = hot.Info.Id;
        if (hot.Value is { } value)
        {
            state.Evictor.NoteRead(id);
            return ValueTask.FromResult<CacheResult<CachedArtifact?>>(value);
        }

        return NoteAsync(id, OpenAsync(id, new Hit(hot.Info, hot.Place, default(CachedArtifact)), cancellationToken));
    }

    private ValueTask<CacheResult<CachedArtifact?>> OpenAsync(
        ArtifactId id, in Hit hit, CancellationToken cancellationToken)
    {
        if (hit.Place.Form != BlobForm.Encoded)
        {
            var opened = Open(hit);
            if (opened.Error is not { Kind: CacheErrorKind.Damaged })
            {
                return ValueTask.FromResult(opened);
            }
        }

        return OpenAgainAsync(id, hit, cancellationToken);
    }

    /// <summary>Describes an artifact; <see langword="null"/> is a miss.</summary>
    public CacheResult<ArtifactInfo?> Stat(ArtifactId id)
    {
        using var session = database.Enter();
        if (session is null)
        {
            return database.WhyClosed();
        }

        try
        {
            return TryFind(session, id, out var head, out var info)
                ? head.ToInfo(id, info!.Metadata, FindAccess(session, id))
                : null;
        }
        catch (IOException error)
        {
            return StoreFaults.ToError(error);
        }
    }

    /// <summary>Whether a record is that of an entry that is served; reads no more of it than that needs.</summary>
    public bool IsServed(ReadOnlySpan<byte> record) =>
        EntryRecord.TryReadHead(record, out var head) && IsServed(head);

    /// <summary>
    /// Whether an entry has not expired and can be read. One under another key is a miss, so that builds go on and
    /// store it anew; it is left alone until then, should the key have been a mistake.
    /// </summary>
    private bool IsServed(in EntryHead head)
    {
        if (head.IsExpired(state.NowMilliseconds))
        {
            return false;
        }

        var isReadable = head.Place.IsReadableWith(state.Encoding.KeyTag);
        if (!isReadable && Interlocked.Exchange(ref _hasMetOtherKey, 1) == 0)
        {
            LocalStoreLog.OtherKey(logger);
        }

        return isReadable;
    }

    private static CacheError Damaged(string message) => CacheError.Internal(CacheErrorKind.Damaged, message);

    private CacheResult<CachedArtifact?> Note(ArtifactId id, CacheResult<CachedArtifact?> opened)
    {
        if (opened.TryGet(out var artifact, out _) && artifact is not null)
        {
            state.Evictor.NoteRead(id);
        }

        return opened;
    }

    private ValueTask<CacheResult<CachedArtifact?>> NoteAsync(
        ArtifactId id, ValueTask<CacheResult<CachedArtifact?>> opening)
    {
        return opening.IsCompletedSuccessfully ? ValueTask.FromResult(Note(id, opening.Result)) : Slowly(id, opening);

        async ValueTask<CacheResult<CachedArtifact?>> Slowly(
            ArtifactId id, ValueTask<CacheResult<CachedArtifact?>> opening) => Note(id, await opening);
    }

    /// <summary>What memory knows of an entry's reads, or else what was written down of them.</summary>
    private AccessRecord FindAccess(StoreDatabase.Session session, ArtifactId id)
    {
        state.Evictor.DrainReads();
        if (state.Evictor.FindAccess(id) is { } known)
        {
            return known;
        }

        if (!session.Database.TryGet(StoreFamilies.Access, id.Bytes[..EvictionKey.Length], out var record))
        {
            return default;
        }

        using (record)
        {
            return AccessRecord.Read(record.Bytes);
        }
    }

    private bool TryFind(StoreDatabase.Session session, ArtifactId id, out EntryHead head, out ArtifactInfo? info)
    {
        (head, info) = (default, null);
        if (!session.Database.TryGet(StoreFamilies.Entries, id.Bytes, out var record))
        {
            return false;
        }

        using (record)
        {
            var bytes = record.Bytes;
            if (EntryRecord.TryReadHead(bytes, out head) && IsServed(head)
                && EntryRecord.ReadMetadata(bytes, state.Tools) is { } metadata)
            {
                info = head.ToInfo(id, metadata);
            }
        }

        return info is not null;
    }

    /// <summary>
    /// Finds an entry, and opens its value when that lies in the index; without its info it is a miss.
    /// </summary>
    private CacheError? Find(ArtifactId id, out Hit hit)
    {
        hit = default;
        var session = database.Enter();
        if (session is null)
        {
            return database.WhyClosed();
        }

        CacheResult<CachedArtifact?> value = default(CachedArtifact);
        try
        {
            if (TryFind(session, id, out var head, out var info))
            {
                value = head.Place.IsInline ? OpenValue(info!, head.Place, session) : value;
                hit = new Hit(info, head.Place, value);
            }

            return null;
        }
        catch (IOException error)
        {
            return StoreFaults.ToError(error);
        }
        finally
        {
            if (value.Error is not null || value.Value is not InlineArtifact)
            {
                session.Dispose();
            }
        }
    }

    /// <summary>Opens a value; one that lies there as it is keeps the session.</summary>
    private CacheResult<CachedArtifact?> OpenValue(ArtifactInfo info, in BlobPlace place, StoreDatabase.Session session)
    {
        Span<byte> key = stackalloc byte[ValueKey.Length];
        ValueKey.Write(key, place);
        if (!session.Database.TryGet(StoreFamilies.Values, key, out var stored))
        {
            return Damaged("its value is gone");
        }

        var bytes = stored.Bytes;
        if (InlineCodec.TryFindPlain(bytes, place.Digest.Bytes, out var start) && bytes.Length - start == place.Size)
        {
            return new InlineArtifact(info, new PinnedValue(session, stored, start, bytes.Length - start));
        }

        using (stored)
        {
            var decoded = InlineCodec.Decode(bytes, state.Encoding.ForReading(place.Digest));
            if (!decoded.TryGet(out var value, out var error))
            {
                return error;
            }

            return value.Length == place.Size
                ? new MemoryArtifact(info, value)
                : Damaged($"its value has {value.Length} bytes, expected {place.Size}");
        }
    }

    /// <summary>
    /// Opens a hit, and finds and opens it again for as long as its entry changes in between. Only what lies in the
    /// same place the second time is damaged.
    /// </summary>
    private async ValueTask<CacheResult<CachedArtifact?>> OpenAgainAsync(
        ArtifactId id, Hit hit, CancellationToken cancellationToken)
    {
        BlobPlace? failed = null;
        for (var attempt = 1; ; attempt++)
        {
            var opened = hit.Place.Form == BlobForm.Encoded
                ? await _files.DecodeAsync(hit.Info!, hit.Place, cancellationToken)
                : Open(hit);
            if (opened.Error is not { Kind: CacheErrorKind.Damaged } damage)
            {
                return opened;
            }

            state.Hot.Remove(id);
            if (hit.Place == failed || attempt == MaxAttempts)
            {
                await damaged(id, hit.Place, damage.Message);
                return (CachedArtifact?)null;
            }

            failed = hit.Place;
            if (Find(id, out hit) is { } error)
            {
                return error;
            }

            if (hit.Info is null)
            {
                return (CachedArtifact?)null;
            }
        }
    }

    /// <summary>Opens what needs no decoding.</summary>
    private CacheResult<CachedArtifact?> Open(in Hit hit) =>
        hit.Place.IsInline ? hit.Value : _files.Open(hit.Info!, hit.Place);

    /// <summary>An entry that was found, or was not.</summary>
    /// <param name="Info">What is known of it; null if there is none.</param>
    /// <param name="Place">Where its content lies.</param>
    /// <param name="Value">Its content, when that lies in the index.</param>
    private readonly record struct Hit(ArtifactInfo? Info, BlobPlace Place, CacheResult<CachedArtifact?> Value);
}
