using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Codec;
using Fabrik.Cache.Local.Blobs;
using Fabrik.Cache.Local.Commit;
using Fabrik.Cache.Local.Index;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Cache.Local;

/// <summary>Opens artifacts: straight from the index and the files, from any thread, without a lock.</summary>
internal sealed class StoreReader(StoreDatabase database, StoreState state, DamageReport damaged)
{
    /// <summary>The error while there is no index.</summary>
    public static CacheError Unavailable() =>
        CacheError.Internal(CacheErrorKind.Unavailable, "the index of the store is closed or being opened anew");

    /// <summary>Opens an artifact; <see langword="null"/> is a miss.</summary>
    public async ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        // A second look is taken when the entry changed between its look-up and its content's.
        for (var attempt = 0; ; attempt++)
        {
            if (!Find(id).TryGet(out var found, out var error))
            {
                return error;
            }

            if (found is not { } hit)
            {
                return (CachedArtifact?)null;
            }

            var opened = hit.Place.IsInline ? hit.Value : await OpenFileAsync(hit, cancellationToken);
            if (opened.Error is not { Kind: CacheErrorKind.Damaged } damage)
            {
                return Note(id, opened);
            }

            if (attempt > 0)
            {
                await damaged(id, hit.Place, damage.Message);
                return (CachedArtifact?)null;
            }
        }
    }

    /// <summary>Describes an artifact; <see langword="null"/> is a miss.</summary>
    public CacheResult<ArtifactInfo?> Stat(ArtifactId id)
    {
        using var session = database.Enter();
        if (session is null)
        {
            return Unavailable();
        }

        try
        {
            return TryFind(session, id, out _, out var info) ? info : null;
        }
        catch (IOException error)
        {
            return StoreFaults.ToError(error);
        }
    }

    /// <summary>Whether an entry is there and has not expired; reads no more of it than that needs.</summary>
    /// <exception cref="IOException">The index cannot be read.</exception>
    public bool Contains(StoreDatabase.Session session, ArtifactId id)
    {
        if (!session.Database.TryGet(StoreFamilies.Entries, id.Bytes, out var record))
        {
            return false;
        }

        using (record)
        {
            return EntryRecord.TryReadHead(record.Bytes, out var head) && !head.IsExpired(state.NowMilliseconds);
        }
    }

    private static CacheError Damaged(string message) => CacheError.Internal(CacheErrorKind.Damaged, message);

    private CacheResult<CachedArtifact?> Note(ArtifactId id, CacheResult<CachedArtifact?> opened)
    {
        if (opened.Error is null)
        {
            state.Evictor.NoteRead(id);
        }

        return opened;
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
            if (EntryRecord.TryReadHead(bytes, out head) && !head.IsExpired(state.NowMilliseconds)
                && EntryRecord.ReadMetadata(bytes, state.Tools) is { } metadata)
            {
                info = head.ToInfo(id, metadata);
            }
        }

        return info is not null;
    }

    /// <summary>
    /// Finds an entry, and opens its value when that lies in the index; <see langword="null"/> is a miss.
    /// </summary>
    private CacheResult<Hit?> Find(ArtifactId id)
    {
        var session = database.Enter();
        if (session is null)
        {
            return Unavailable();
        }

        CacheResult<CachedArtifact?> value = default(CachedArtifact);
        try
        {
            if (!TryFind(session, id, out var head, out var info))
            {
                return (Hit?)null;
            }

            if (head.Place.IsInline)
            {
                value = OpenValue(info!, head.Place, session);
            }

            return new Hit(info!, head.Place, value);
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
            if (!InlineCodec.Decode(bytes, state.Encoding.ForReading(place.Digest)).TryGet(out var value, out var error))
            {
                return error;
            }

            return value.Length == place.Size
                ? new MemoryArtifact(info, value)
                : Damaged($"its value has {value.Length} bytes, expected {place.Size}");
        }
    }

    private async ValueTask<CacheResult<CachedArtifact?>> OpenFileAsync(Hit hit, CancellationToken cancellationToken)
    {
        SafeFileHandle? file = null;
        CachedArtifact? artifact = null;
        try
        {
            file = state.Files.Open(hit.Place.Digest, hit.Place.Number);
            if (file is null || RandomAccess.GetLength(file) != hit.Place.StoredSize)
            {
                return Damaged(file is null ? "its file is gone" : "its file has another length");
            }

            if (hit.Place.Form == BlobForm.Plain)
            {
                return artifact = new FileArtifact(hit.Info, hit.Place, file, state.Checked, damaged);
            }

            var options = state.Encoding.ForReading(hit.Place.Digest);
            var opened = await BlobReader.OpenAsync(file, options, cancellationToken);
            if (!opened.TryGet(out var reader, out var error))
            {
                return error;
            }

            return artifact = new EncodedArtifact(hit.Info, hit.Place, file, reader, damaged);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return StoreFaults.ToError(error);
        }
        finally
        {
            if (artifact is null)
            {
                file?.Dispose();
            }
        }
    }

    /// <summary>An entry that was found.</summary>
    /// <param name="Info">What is known of it.</param>
    /// <param name="Place">Where its content lies.</param>
    /// <param name="Value">Its content, when that lies in the index.</param>
    private readonly record struct Hit(ArtifactInfo Info, BlobPlace Place, CacheResult<CachedArtifact?> Value);
}
