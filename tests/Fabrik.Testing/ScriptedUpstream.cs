using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Testing;

/// <summary>Where a scripted transfer is.</summary>
/// <param name="Id">Of which artifact.</param>
/// <param name="Copy">Which transfer of the tier it is, from 1.</param>
/// <param name="Offset">The offset of the piece that comes next.</param>
public readonly record struct ScriptedPiece(ArtifactId Id, int Copy, long Offset);

/// <summary>A tier to read from whose every step a test can delay, fail, or falsify.</summary>
public sealed class ScriptedUpstream(string name) : ICacheTier
{
    private readonly ConcurrentDictionary<ArtifactId, MemoryEntry> _entries = new();
    private int _gets;
    private int _stats;
    private int _contains;
    private int _copies;

    public string Name => name;

    /// <summary>Runs before an artifact is looked up; what it returns is answered instead.</summary>
    public Func<ArtifactId, CancellationToken, ValueTask<CacheErrorKind?>>? OnGet { get; set; }

    /// <summary>Runs before each piece of a transfer; what it returns ends the transfer.</summary>
    public Func<ScriptedPiece, CancellationToken, ValueTask<CacheErrorKind?>>? OnPiece { get; set; }

    /// <summary>What existence and descriptions are answered with, if not with the truth.</summary>
    public CacheErrorKind? Fault { get; set; }

    /// <summary>Bytes of a piece.</summary>
    public int PieceSize { get; set; } = 16 * 1024;

    /// <summary>Whether a transfer goes on to the end of what there is, whatever was asked for.</summary>
    public bool IgnoresLength { get; set; }

    /// <summary>Whether hits have their bytes with them, so that there is no transfer.</summary>
    public bool IsInMemory { get; set; }

    public int Gets => _gets;

    public int Stats => _stats;

    public int ContainsCalls => _contains;

    public int Copies => _copies;

    /// <summary>The tenant whose view was asked for last.</summary>
    public string Tenant { get; private set; } = "";

    /// <summary>Where each transfer began.</summary>
    public ConcurrentQueue<long> Offsets { get; } = [];

    /// <summary>Has an artifact; with <paramref name="truth"/> it describes that, and delivers the bytes.</summary>
    public void Set(ArtifactId id, byte[] bytes, byte[]? truth = null, params KeyValuePair<string, string>[] properties)
    {
        truth ??= bytes;
        _entries[id] = new MemoryEntry(bytes, new ArtifactInfo
        {
            Id = id,
            Digest = new ContentDigest(SHA256.HashData(truth)),
            Size = truth.Length,
            Metadata = new ArtifactMetadata { Tool = "test", Properties = properties },
            CreatedAt = DateTimeOffset.UnixEpoch,
        });
    }

    /// <summary>Says of an artifact when it ends.</summary>
    public void Expire(ArtifactId id, DateTimeOffset at) =>
        _entries[id] = _entries[id] with { Info = _entries[id].Info with { ExpiresAt = at } };

    public void Remove(ArtifactId id) => _entries.TryRemove(id, out _);

    public ICacheTier For(string tenant)
    {
        Tenant = tenant;
        return this;
    }

    public async ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _gets);
        if (OnGet is not null && await OnGet(id, cancellationToken) is { } kind)
        {
            return Error(kind);
        }

        return _entries.TryGetValue(id, out var entry) ? new Artifact(this, entry) : null;
    }

    public ValueTask<CacheResult<ArtifactInfo?>> StatAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _stats);
        return ValueTask.FromResult<CacheResult<ArtifactInfo?>>(
            Fault is { } kind ? Error(kind) : _entries.GetValueOrDefault(id)?.Info);
    }

    public ValueTask<CacheResult<Unit>> ContainsAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _contains);
        for (var i = 0; i < ids.Length; i++)
        {
            found.Span[i] = _entries.ContainsKey(ids.Span[i]);
        }

        return ValueTask.FromResult<CacheResult<Unit>>(Fault is { } kind ? Error(kind) : default(Unit));
    }

    public ValueTask<CacheResult<PutOutcome>> PutAsync(
        ArtifactId id, PipeReader body, PutOptions options, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<PutOutcome>>(Error(CacheErrorKind.ReadOnly));

    public ValueTask<CacheResult<bool>> DeleteAsync(ArtifactId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<bool>>(Error(CacheErrorKind.ReadOnly));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static CacheError Error(CacheErrorKind kind) => new(kind, CacheErrorSource.Upstream, $"scripted {kind}");

    private sealed class Artifact(ScriptedUpstream tier, MemoryEntry entry) : CachedArtifact
    {
        public override ArtifactInfo Info => entry.Info;

        public override bool TryGetMemory(out ReadOnlyMemory<byte> bytes)
        {
            bytes = tier.IsInMemory ? entry.Bytes : default;
            return tier.IsInMemory;
        }

        public override async ValueTask<CacheResult<Unit>> CopyToAsync(
            PipeWriter destination, long offset, long length, CancellationToken cancellationToken)
        {
            var copy = Interlocked.Increment(ref tier._copies);
            tier.Offsets.Enqueue(offset);
            var end = tier.IgnoresLength
                ? entry.Bytes.Length
                : Math.Min(offset + length, entry.Bytes.Length);
            while (offset < end)
            {
                if (tier.OnPiece is not null
                    && await tier.OnPiece(new ScriptedPiece(Info.Id, copy, offset), cancellationToken) is { } kind)
                {
                    return Error(kind);
                }

                var piece = entry.Bytes.AsMemory((int)offset, (int)Math.Min(tier.PieceSize, end - offset));
                var flush = await destination.WriteAsync(piece, cancellationToken);
                offset += piece.Length;
                if (flush.IsCompleted && offset < end)
                {
                    return CacheError.Client(CacheErrorKind.Incomplete, "the receiver took no more");
                }
            }

            return default(Unit);
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
