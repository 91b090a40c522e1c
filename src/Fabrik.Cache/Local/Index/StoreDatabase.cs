using Fabrik.Cache.Native.RocksDb;

namespace Fabrik.Cache.Local.Index;

/// <summary>
/// The open index behind a gate: reads and pinned values hold it open, closing waits for them. After a full or failing
/// disk RocksDB takes no writes until it is opened anew, which <see cref="TryReopen"/> does under the store's feet.
/// </summary>
internal sealed class StoreDatabase : IDisposable
{
    /// <summary>
    /// How long closing waits for readers; the same as the longest graceful shutdown that makes sense.
    /// </summary>
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(30);

    private readonly RocksDatabaseOptions _options;
    private readonly Lock _reopening = new();
    private Session? _session;
    private volatile bool _isDisposed;

    public StoreDatabase(string folder, bool sync)
    {
        _options = new RocksDatabaseOptions { Folder = folder, Families = StoreFamilies.All, SyncWrites = sync };
        _session = new Session(new RocksDatabase(_options));
    }

    private static ReadOnlySpan<byte> CountersKey => "counters"u8;

    /// <summary>Holds the index open until the answer is disposed of; null while it is being opened anew.</summary>
    public Session? Enter()
    {
        var session = Volatile.Read(ref _session);
        return session is not null && session.TryEnter() ? session : null;
    }

    /// <summary>Why <see cref="Enter"/> has just answered null.</summary>
    public CacheError WhyClosed() => _isDisposed
        ? StoreFaults.Closing()
        : CacheError.Internal(CacheErrorKind.Unavailable, "the index of the store is being opened anew");

    /// <summary>The accounting; all zeros in a new store.</summary>
    /// <exception cref="InvalidDataException">The record of it is damaged.</exception>
    public StoreCounters ReadCounters()
    {
        if (!Current.TryGet(StoreFamilies.Meta, CountersKey, out var value))
        {
            return new StoreCounters();
        }

        using (value)
        {
            return StoreCounters.Read(value.Bytes)
                ?? throw new InvalidDataException("the record of the store's counters is damaged");
        }
    }

    public static void PutCounters(RocksDatabase db, RocksBatch batch, StoreCounters counters) =>
        batch.Put(db.Family(StoreFamilies.Meta), CountersKey, counters.ToBytes());

    /// <summary>The database, for its one writer.</summary>
    public RocksDatabase Current => (_session ?? throw new ObjectDisposedException(nameof(StoreDatabase))).Database;

    /// <summary>Closes the index and opens it again; false when it does not open or readers do not leave.</summary>
    public bool TryReopen()
    {
        lock (_reopening)
        {
            var old = Interlocked.Exchange(ref _session, null);
            if (old is not null && !old.Close(DrainTimeout))
            {
                Volatile.Write(ref _session, old.Revive());
                return false;
            }

            try
            {
                Volatile.Write(ref _session, new Session(new RocksDatabase(_options)));
                return true;
            }
            catch (RocksDbException)
            {
                return false;
            }
        }
    }

    /// <summary>Whether the last reopening failed, so that there is no index at all.</summary>
    public bool IsClosed => Volatile.Read(ref _session) is null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        lock (_reopening)
        {
            Interlocked.Exchange(ref _session, null)?.Close(DrainTimeout);
        }
    }

    /// <summary>One opening of the index, counted by those who use it.</summary>
    internal sealed class Session(RocksDatabase database) : IDisposable
    {
        private const int Closing = 1 << 30;

        private readonly ManualResetEventSlim _drained = new();
        private int _users;

        public RocksDatabase Database { get; } = database;

        public bool TryEnter()
        {
            if ((Interlocked.Increment(ref _users) & Closing) == 0)
            {
                return true;
            }

            Dispose();
            return false;
        }

        /// <summary>Leaves.</summary>
        public void Dispose()
        {
            if (Interlocked.Decrement(ref _users) == Closing)
            {
                _drained.Set();
            }
        }

        /// <summary>
        /// Lets nobody in any more, waits until all have left, and closes; false when they do not leave.
        /// </summary>
        public bool Close(TimeSpan timeout)
        {
            if (Interlocked.Add(ref _users, Closing) != Closing && !_drained.Wait(timeout))
            {
                return false;
            }

            Database.Dispose();
            return true;
        }

        /// <summary>Undoes a close that could not be finished.</summary>
        public Session Revive()
        {
            Interlocked.Add(ref _users, -Closing);
            _drained.Reset();
            return this;
        }
    }
}
