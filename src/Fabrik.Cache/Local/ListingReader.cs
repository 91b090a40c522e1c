using System.Text;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local.Commit;
using Fabrik.Cache.Local.Index;
using Fabrik.Cache.Native.RocksDb;

namespace Fabrik.Cache.Local;

/// <summary>
/// Reads pages of listings: a walk over rows, each of whose entries is looked up, because it may have expired. After
/// some rows it lets the index go, so that many expired ones do not keep it from being closed or opened anew.
/// </summary>
internal sealed class ListingReader(StoreDatabase database, StoreState state)
{
    /// <summary>Rows that are looked at before the index is let go: about a millisecond.</summary>
    public const int StepRows = 256;

    /// <summary>The next entries of a listing.</summary>
    public CacheResult<ArtifactPage> Read(ListingQuery query, CancellationToken cancellationToken)
    {
        if (FindFault(query) is { } fault)
        {
            return fault;
        }

        var walk = new Walk(query);
        try
        {
            while (!walk.IsDone)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var session = database.Enter();
                if (session is null)
                {
                    return database.WhyClosed();
                }

                ReadSome(session.Database, walk);
            }
        }
        catch (IOException error)
        {
            return StoreFaults.ToError(error);
        }

        return walk.ToPage();
    }

    /// <summary>Whether the row of a listed entry names it.</summary>
    /// <exception cref="IOException">The index cannot be read.</exception>
    public bool IsListed(ArtifactInfo info)
    {
        using var session = database.Enter();
        var row = ListingKey.Of(info.Metadata);
        if (session is null || !session.Database.TryGet(StoreFamilies.Listings, row, out var id))
        {
            return false;
        }

        using (id)
        {
            return id.Bytes.SequenceEqual(info.Id.Bytes);
        }
    }

    private static CacheError? FindFault(ListingQuery query)
    {
        if (query.Limit is < 1 or > IArtifactListing.MaxPage)
        {
            return CacheError.Client(
                CacheErrorKind.InvalidRequest,
                $"a page of {query.Limit} entries was asked for, expected 1 to {IArtifactListing.MaxPage}");
        }

        return string.IsNullOrEmpty(query.Listing)
            ? CacheError.Client(CacheErrorKind.InvalidRequest, "the name of a listing is empty")
            : null;
    }

    private void ReadSome(RocksDatabase db, Walk walk)
    {
        var now = state.NowMilliseconds;
        using var rows = db.Iterate(StoreFamilies.Listings);
        var found = rows.Seek(walk.Next);
        for (var i = 0; i < StepRows && !walk.IsFull && found && rows.Key.StartsWith(walk.Prefix); i++)
        {
            if (Describe(db, walk, rows, now) is { } info)
            {
                walk.Entries.Add(info);
            }

            found = rows.Next();
        }

        var isOver = walk.IsFull || !found || !rows.Key.StartsWith(walk.Prefix);
        walk.Next = isOver ? null : rows.Key.ToArray();
    }

    /// <summary>Describes the entry of a row; null when it is not there, not readable, or says otherwise.</summary>
    private ArtifactInfo? Describe(RocksDatabase db, Walk walk, RocksIterator row, long now)
    {
        if (row.Value.Length != ArtifactId.Length || !db.TryGet(StoreFamilies.Entries, row.Value, out var record))
        {
            return null;
        }

        using (record)
        {
            var bytes = record.Bytes;
            return EntryRecord.TryReadHead(bytes, out var head)
                && !head.IsExpired(now)
                && head.Place.IsReadableWith(state.Encoding.KeyTag)
                && EntryRecord.IsListedAs(bytes, walk.Listing, ListingKey.KeyIn(row.Key))
                && EntryRecord.ReadMetadata(bytes, state.Tools) is { } metadata
                ? head.ToInfo(new ArtifactId(row.Value), metadata)
                : null;
        }
    }

    /// <summary>How far a page is. It holds one entry more than is asked for: whether there is one.</summary>
    private sealed class Walk
    {
        private readonly int _limit;

        public Walk(ListingQuery query)
        {
            _limit = query.Limit;
            Listing = Encoding.UTF8.GetBytes(query.Listing);
            Prefix = ListingKey.Of(Listing, query.Prefix ?? "");
            Next = Prefix;
            if (!string.IsNullOrEmpty(query.After))
            {
                byte[] after = Behind(ListingKey.Of(Listing, query.After), query.SkipBelowAfter);
                Next = after.AsSpan().SequenceCompareTo(Prefix) > 0 ? after : Prefix;
            }
        }

        /// <summary>The listing's name in UTF-8.</summary>
        public byte[] Listing { get; }

        /// <summary>What rows begin with.</summary>
        public byte[] Prefix { get; }

        /// <summary>Where the rows begin that were not looked at; null when that was all.</summary>
        public byte[]? Next { get; set; }

        public List<ArtifactInfo> Entries { get; } = [];

        public bool IsFull => Entries.Count > _limit;

        public bool IsDone => Next is null;

        public ArtifactPage ToPage()
        {
            var hasMore = IsFull;
            if (hasMore)
            {
                Entries.RemoveAt(_limit);
            }

            return new ArtifactPage(Entries, hasMore);
        }

        /// <summary>The first key behind one, or behind all that begin with it: no byte of UTF-8 is 255.</summary>
        private static byte[] Behind(byte[] key, bool skipBelow)
        {
            if (!skipBelow)
            {
                return [.. key, 0];
            }

            key[^1]++;
            return key;
        }
    }
}
