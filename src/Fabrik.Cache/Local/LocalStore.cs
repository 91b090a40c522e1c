using System.IO.Pipelines;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local.Blobs;
using Fabrik.Cache.Local.Commit;
using Fabrik.Cache.Local.Index;
using Fabrik.Cache.Native.RocksDb;
using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Local;

/// <summary>
/// The store on this machine's disk (docs/formats/store.md): records and small contents in RocksDB, large contents as
/// files, equal contents once.
/// </summary>
/// <remarks>
/// Reads go straight to the index, from any thread, without a lock. Everything that changes the store is a command to
/// one <see cref="Committer"/>, which decides and writes; so there is no lock order to keep.
/// </remarks>
public sealed class LocalStore : ICacheTier, IArtifactListing
{
    private readonly OwnerLock _owner;
    private readonly StoreDatabase _database;
    private readonly StoreState _state;
    private readonly Committer _committer;
    private readonly StoreHealth _health;
    private readonly StoreUpkeep _upkeep;
    private readonly StorePromises _promises;
    private readonly StoreReader _reader;
    private readonly StoreLister _lister;
    private readonly ListingReader _listings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile ContentReceiver _receiver;
    private int _isDisposed;

    private LocalStore(
        LocalStoreOptions options, OwnerLock owner, StoreDatabase database, (TimeProvider, ILogger) world)
    {
        (_time, _logger) = world;
        _owner = owner;
        _database = database;
        var leases = new LeaseTable();
        _health = new StoreHealth(_logger);
        var files = new BlobFiles(options.Directory);
        _state = new StoreState(options, files, _time)
        {
            Evictor = new StoreEvictor(leases, _time),
            Encoding = new ContentEncoding(options),
            Counters = database.ReadCounters(),
        };
        _state.Evictor.Start(options.EvictionPolicy, new PolicyLoader(database.Current));
        _committer = new Committer(database, _state, _health, _logger);
        _receiver = new ContentReceiver(files, options, _state.Encoding);
        _reader = new StoreReader(database, _state, DropAsync, _logger);
        _promises = new StorePromises(_reader, _state, leases, _time);
        _lister = new StoreLister(database, _state);
        _listings = new ListingReader(database, _state);
        _upkeep = new StoreUpkeep(database, _state, _committer, (_health, _time, _logger));
    }

    /// <inheritdoc/>
    public string Name => "local";

    /// <summary>What the store holds and has done.</summary>
    public StoreStatistics Statistics
    {
        get
        {
            var counters = _state.Counters;
            return new StoreStatistics
            {
                Entries = counters.Entries,
                Blobs = counters.Blobs,
                LogicalBytes = counters.LogicalBytes,
                StoredBytes = counters.StoredBytes,
                MaxBytes = _state.Options.MaxSize,
                Evictions = _state.Evictor.Evictions,
                EvictedBytes = _state.Evictor.EvictedBytes,
                Expirations = _state.Expired,
                DamagedBlobs = _state.Damaged,
                LeaseViolations = _state.Evictor.LeaseViolations,
                ByTool = counters.ByTool,
                WriteState = _health.State,
                WriteStateReason = _health.Reason,
            };
        }
    }

    /// <summary>What runs beside requests, for tests that do not wait for its timer.</summary>
    internal StoreUpkeep Upkeep => _upkeep;

    /// <summary>Opens an artifact as <see cref="GetAsync"/> does, without counting it as a use.</summary>
    internal ValueTask<CacheResult<CachedArtifact?>> InspectAsync(
        ArtifactId id, CancellationToken cancellationToken) => _reader.OpenAsync(id, cancellationToken);

    /// <summary>
    /// Opens the store in a folder, and makes it when it is not there. An error says who else holds it, that a newer
    /// Fabrik wrote it, or what is wrong with the disk.
    /// </summary>
    public static async ValueTask<CacheResult<LocalStore>> OpenAsync(
        LocalStoreOptions options, TimeProvider time, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        await Task.CompletedTask;
        cancellationToken.ThrowIfCancellationRequested();
        if (options.FindFault() is { } fault)
        {
            return CacheError.Internal(CacheErrorKind.InvalidRequest, fault);
        }

        var logger = logs.CreateLogger<LocalStore>();
        try
        {
            Directory.CreateDirectory(options.Directory);
            if (!OwnerLock.Take(options.Directory).TryGet(out var owner, out var error))
            {
                return error;
            }

            return Open(options, owner, (time, logger));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return StoreFaults.ToError(error, options.Directory);
        }
    }

    /// <inheritdoc/>
    public ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken) =>
        _reader.GetAsync(id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CacheResult<ArtifactInfo?>> StatAsync(ArtifactId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_reader.Stat(id));

    /// <inheritdoc/>
    public ValueTask<CacheResult<Unit>> ContainsAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(found.Length, ids.Length, nameof(found));
        using var session = _database.Enter();
        if (session is null)
        {
            return ValueTask.FromResult<CacheResult<Unit>>(_database.WhyClosed());
        }

        try
        {
            _promises.Promise(session, ids, found);
            return ValueTask.FromResult<CacheResult<Unit>>(default(Unit));
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            return ValueTask.FromResult<CacheResult<Unit>>(StoreFaults.ToError(error));
        }
        catch (AggregateException errors) when (errors.InnerException is IOException or InvalidDataException)
        {
            return ValueTask.FromResult<CacheResult<Unit>>(StoreFaults.ToError(errors.InnerException));
        }
    }

    /// <inheritdoc/>
    public async ValueTask<CacheResult<PutOutcome>> PutAsync(
        ArtifactId id, PipeReader body, PutOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (EntryLimits.FindFault(options.Metadata) is { } fault)
        {
            return fault;
        }

        if (_isDisposed != 0)
        {
            return StoreFaults.Closing();
        }

        if (_health.State != WriteState.Ok)
        {
            return CacheError.Internal(ToKind(_health.State), $"the store takes no writes now: {_health.Reason}");
        }

        var received = await _receiver.ReceiveAsync(body, options, cancellationToken);
        if (!received.TryGet(out var content, out var error))
        {
            if (error.Source == CacheErrorSource.Internal && error.Cause is not null)
            {
                _health.Failed(error.Cause);
            }

            return error;
        }

        if (!Describe(content, options).TryGet(out var described, out error))
        {
            return error;
        }

        Judge? judge = described.Expects is { } expects ? new Judge(expects) : null;
        if (judge is not null)
        {
            described = described with { Expects = judge.Holds };
        }

        var put = await _committer.SendAsync(new PutCommand(id, content, described, _state.Files), cancellationToken);
        judge?.Rethrow();
        return put;
    }

    /// <inheritdoc/>
    public ValueTask<CacheResult<bool>> DeleteAsync(ArtifactId id, CancellationToken cancellationToken) =>
        _committer.SendAsync(new DeleteCommand(id), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<CacheResult<bool>> DeleteIfAsync(
        ArtifactId id, Func<ArtifactInfo?, bool> expects, CancellationToken cancellationToken)
    {
        Judge judge = new(expects);
        var deleted = await _committer.SendAsync(new DeleteCommand(id, judge.Holds), cancellationToken);
        judge.Rethrow();
        return deleted;
    }

    /// <summary>Evicts until at most a number of bytes are kept, in transactions of bounded length.</summary>
    public async ValueTask<CacheResult<EvictReport>> EvictAsync(long targetBytes, CancellationToken cancellationToken)
    {
        var (entries, bytes) = (0L, 0L);
        while (true)
        {
            var step = await _committer.SendAsync(new EvictCommand(targetBytes), cancellationToken);
            if (!step.TryGet(out var report, out var error))
            {
                return error;
            }

            entries += report.Entries;
            bytes += report.Bytes;
            if (report.Entries == 0 || report.StoredBytes <= targetBytes)
            {
                return new EvictReport(entries, bytes, report.StoredBytes);
            }
        }
    }

    /// <summary>
    /// Removes every entry that was there when this began, promised ones too, in transactions of bounded length. What
    /// others write meanwhile may stay.
    /// </summary>
    public async ValueTask<CacheResult<Unit>> ClearAsync(CancellationToken cancellationToken)
    {
        ArtifactId? last = null;
        do
        {
            var step = await _committer.SendAsync(new ClearCommand(last), cancellationToken);
            if (!step.TryGet(out last, out var error))
            {
                return error;
            }
        }
        while (last is not null);

        return default(Unit);
    }

    /// <summary>
    /// Every entry behind <paramref name="after"/>, in the order of ids. It holds nothing while the caller thinks, so
    /// of entries that come or go meanwhile some are listed. It ends early when the store is closed meanwhile.
    /// </summary>
    /// <exception cref="IOException">The index cannot be read.</exception>
    public IAsyncEnumerable<ArtifactInfo> ListAsync(ArtifactId? after, CancellationToken cancellationToken) =>
        _lister.ListAsync(after, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CacheResult<ArtifactPage>> ListAsync(
        ListingQuery query, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_listings.Read(query, cancellationToken));

    /// <summary>Reads and checks every content, drops what is damaged, and removes files that nothing names.</summary>
    public ValueTask<VerifyReport> VerifyAsync(
        IProgress<VerifyProgress>? progress, CancellationToken cancellationToken) =>
        new StoreVerifier(this, _upkeep, new ListingMender(_listings, _committer))
            .RunAsync(progress, cancellationToken);

    /// <summary>Takes over what can change while the store is open: size, policy, lifetimes, compression.</summary>
    public void Reconfigure(LocalStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var current = _state.Options;
        _state.Options = current with
        {
            MaxSize = options.MaxSize,
            DefaultTtl = options.DefaultTtl,
            Lease = options.Lease,
            EvictionPolicy = options.EvictionPolicy,
            Compression = options.Compression,
            CompressionLevel = options.CompressionLevel,
        };
        _state.Encoding = new ContentEncoding(_state.Options);
        _receiver = new ContentReceiver(_state.Files, _state.Options, _state.Encoding);
        _upkeep.Reconfigured(current.EvictionPolicy != options.EvictionPolicy);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _upkeep.DisposeAsync();
        await _committer.StopAsync();
        _state.Evictor.Dispose();
        if (_health.State == WriteState.Ok)
        {
            FlushIndex();
        }

        _database.Dispose();
        _owner.Dispose();
        LocalStoreLog.Closed(_logger);
    }

    private static CacheResult<LocalStore> Open(
        LocalStoreOptions options, OwnerLock owner, (TimeProvider, ILogger Logger) world)
    {
        StoreDatabase? database = null;
        LocalStore? store = null;
        try
        {
            if (StoreFormat.Check(options.Directory) is { } refusal)
            {
                return refusal;
            }

            database = new StoreDatabase(
                Path.Combine(options.Directory, "index"), options.Durability == DurabilityKind.Sync);
            store = new LocalStore(options, owner, database, world);
            store._committer.Start();
            store._upkeep.Start();
            LocalStoreLog.Opened(
                world.Logger, options.Directory, store._state.Counters.Entries, store._state.Counters.StoredBytes);
            return store;
        }
        finally
        {
            if (store is null)
            {
                database?.Dispose();
                owner.Dispose();
            }
        }
    }

    /// <summary>Spares the next opening the replay of the log.</summary>
    private void FlushIndex()
    {
        try
        {
            _database.Current.Flush();
        }
        catch (RocksDbException error)
        {
            LocalStoreLog.UpkeepFailed(_logger, error);
        }
    }

    private async ValueTask DropAsync(ArtifactId id, BlobPlace place, string reason)
    {
        LocalStoreLog.Damaged(_logger, place.Digest.ToString(), reason);
        await _committer.SendAsync(new DropDamagedCommand(id, place), CancellationToken.None);
    }

    /// <summary>Asks the writer for what the bytes told it; without an answer that fits, the content goes.</summary>
    private CacheResult<PutOptions> Describe(StagedContent content, PutOptions options)
    {
        if (options.AtEnd is not { } ask)
        {
            return options;
        }

        PutOptions? described = null;
        try
        {
            if (!ask(options.Metadata).TryGet(out var metadata, out var error))
            {
                return error;
            }

            if (EntryLimits.FindFault(metadata) is { } fault)
            {
                return fault;
            }

            described = options with { Metadata = metadata };
            return described;
        }
        finally
        {
            if (described is null && !content.Place.IsInline)
            {
                _state.Files.Discard(content.Place.Number);
            }
        }
    }

    private static CacheErrorKind ToKind(WriteState state) => state switch
    {
        WriteState.Full => CacheErrorKind.StorageFull,
        WriteState.ReadOnly => CacheErrorKind.ReadOnly,
        _ => CacheErrorKind.Io,
    };
}
