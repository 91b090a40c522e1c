using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Testing;

/// <summary>A tier in memory that keeps the contract, and fails or delivers as a test asks.</summary>
public sealed class MemoryTier(TimeProvider time) : ICacheTier, IArtifactListing
{
    private readonly ConcurrentDictionary<ArtifactId, MemoryEntry> _entries = new();
    private readonly Lock _commit = new();

    public MemoryTier()
        : this(TimeProvider.System)
    {
    }

    /// <summary>What each operation answers instead of doing its work; <see langword="null"/> lets it work.</summary>
    public MemoryTierFaults Fault { get; } = new();

    /// <summary>In which way hits offer their bytes.</summary>
    public ArtifactForm Form { get; set; } = ArtifactForm.Memory;

    /// <summary>After how many bytes a copied body turns out to be damaged; <see langword="null"/> for never.</summary>
    public int? DamagedAfter { get; set; }

    /// <summary>After how many bytes a write finds the tier full; <see langword="null"/> for never.</summary>
    public int? FullAfter { get; set; }

    /// <summary>Awaited by each write once its body is read and described, before it takes effect.</summary>
    public Func<ValueTask> BeforeCommit { get; set; } = static () => ValueTask.CompletedTask;

    /// <summary>How many entries there are.</summary>
    public int Count => _entries.Count;

    /// <summary>How often a body was asked for, that is, how many writes reached the tier.</summary>
    public int Puts { get; private set; }

    /// <summary>With what the last write came.</summary>
    public PutOptions? LastPut { get; private set; }

    public string Name => "memory";

    /// <summary>What is stored under an id.</summary>
    public MemoryEntry? Find(ArtifactId id) => _entries.GetValueOrDefault(id);

    /// <summary>Stores without going through a pipe.</summary>
    public void Set(ArtifactId id, byte[] bytes, ArtifactMetadata metadata) =>
        Add(id, Describe(id, bytes, metadata));

    public ValueTask<CacheResult<ArtifactPage>> ListAsync(ListingQuery query, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Fault.List is { } kind
            ? MemoryTierFaults.Error(kind)
            : MemoryListing.Page(_entries.Values, query));

    public ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        if (Fault.Get is { } kind)
        {
            return ValueTask.FromResult<CacheResult<CachedArtifact?>>(MemoryTierFaults.Error(kind));
        }

        CachedArtifact? artifact = _entries.TryGetValue(id, out var entry)
            ? new MemoryArtifact(entry, Form, DamagedAfter)
            : null;
        return ValueTask.FromResult<CacheResult<CachedArtifact?>>(artifact);
    }

    public ValueTask<CacheResult<ArtifactInfo?>> StatAsync(ArtifactId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<ArtifactInfo?>>(Fault.Stat is { } kind
            ? MemoryTierFaults.Error(kind)
            : _entries.GetValueOrDefault(id)?.Info);

    public ValueTask<CacheResult<Unit>> ContainsAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken)
    {
        if (Fault.Contains is { } kind)
        {
            return ValueTask.FromResult<CacheResult<Unit>>(MemoryTierFaults.Error(kind));
        }

        for (var i = 0; i < ids.Length; i++)
        {
            found.Span[i] = _entries.ContainsKey(ids.Span[i]);
        }

        return ValueTask.FromResult<CacheResult<Unit>>(default(Unit));
    }

    public async ValueTask<CacheResult<PutOutcome>> PutAsync(
        ArtifactId id, PipeReader body, PutOptions options, CancellationToken cancellationToken)
    {
        Puts++;
        LastPut = options;
        if (Fault.Put is { } kind)
        {
            return MemoryTierFaults.Error(kind);
        }

        var read = await ReadAsync(body, options, FullAfter, cancellationToken);
        if (!read.TryGet(out var bytes, out var error))
        {
            return error;
        }

        if (options.ExpectedDigest is { } digest && digest != new ContentDigest(SHA256.HashData(bytes)))
        {
            return CacheError.Client(CacheErrorKind.DigestMismatch, "the body has another digest than was announced");
        }

        var metadata = options.AtEnd?.Invoke(options.Metadata) ?? options.Metadata;
        if (!metadata.TryGet(out var final, out error))
        {
            return error;
        }

        await BeforeCommit();
        lock (_commit)
        {
            return options.Expects?.Invoke(Find(id)?.Info) is false
                ? MemoryTierFaults.Unexpected
                : MemoryListing.FindFault(final) ?? Store(id, Describe(id, bytes, final), options);
        }
    }

    public ValueTask<CacheResult<bool>> DeleteAsync(ArtifactId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<bool>>(Fault.Delete is { } kind
            ? MemoryTierFaults.Error(kind)
            : _entries.TryRemove(id, out _));

    public ValueTask<CacheResult<bool>> DeleteIfAsync(
        ArtifactId id, Func<ArtifactInfo?, bool> expects, CancellationToken cancellationToken)
    {
        lock (_commit)
        {
            return expects(Find(id)?.Info)
                ? DeleteAsync(id, cancellationToken)
                : ValueTask.FromResult<CacheResult<bool>>(MemoryTierFaults.Unexpected);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async ValueTask<CacheResult<byte[]>> ReadAsync(
        PipeReader body, PutOptions options, int? fullAfter, CancellationToken cancellationToken)
    {
        var bytes = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                var read = await body.ReadAsync(cancellationToken);
                foreach (var segment in read.Buffer)
                {
                    bytes.Write(segment.Span);
                }

                body.AdvanceTo(read.Buffer.End);
                if (bytes.WrittenCount > options.MaxSize)
                {
                    return CacheError.Client(
                        CacheErrorKind.TooLarge, $"the body has more than {options.MaxSize} bytes");
                }

                if (bytes.WrittenCount > fullAfter)
                {
                    return MemoryTierFaults.Error(CacheErrorKind.StorageFull);
                }

                if (read.IsCanceled)
                {
                    return CacheError.Client(CacheErrorKind.Incomplete, "the body was cancelled");
                }

                if (read.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (IOException broken)
        {
            return new CacheError(CacheErrorKind.Incomplete, CacheErrorSource.Client, "the sender went away", broken);
        }

        return options.ExpectedSize is { } size && size != bytes.WrittenCount
            ? CacheError.Client(CacheErrorKind.Incomplete, $"{bytes.WrittenCount} bytes came instead of {size}")
            : bytes.WrittenSpan.ToArray();
    }

    private CacheResult<PutOutcome> Store(ArtifactId id, MemoryEntry entry, PutOptions options)
    {
        var outcome = PutOutcome.Stored;
        if (_entries.TryGetValue(id, out var before))
        {
            var isSame = before.Info.Digest == entry.Info.Digest;
            if (!options.Overwrite)
            {
                return isSame ? PutOutcome.Identical : PutOutcome.Kept;
            }

            // A listed entry is replaced whatever its bytes are, as in the local store.
            var isListed = before.Info.Metadata.Listing.Length + entry.Info.Metadata.Listing.Length > 0;
            outcome = isSame && !isListed ? PutOutcome.Identical : outcome;
        }

        Add(id, entry);
        return outcome;
    }

    /// <summary>Of two entries with one listing and key the later is listed.</summary>
    private void Add(ArtifactId id, MemoryEntry entry)
    {
        var metadata = entry.Info.Metadata;
        foreach (var (otherId, other) in metadata.Listing.Length == 0 ? [] : _entries.ToArray())
        {
            var said = other.Info.Metadata;
            if (otherId != id && said.Listing == metadata.Listing && said.Key == metadata.Key)
            {
                var unlisted = other.Info with { Metadata = said with { Listing = "" } };
                _entries.TryUpdate(otherId, other with { Info = unlisted }, other);
            }
        }

        _entries[id] = entry;
    }

    private MemoryEntry Describe(ArtifactId id, byte[] bytes, ArtifactMetadata metadata) => new(
        bytes,
        new ArtifactInfo
        {
            Id = id,
            Digest = new ContentDigest(SHA256.HashData(bytes)),
            Size = bytes.Length,
            Metadata = metadata,
            CreatedAt = time.GetUtcNow(),
        });
}
