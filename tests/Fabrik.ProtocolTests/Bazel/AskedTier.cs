using System.Collections.Concurrent;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.ProtocolTests.Bazel;

/// <summary>Writes down which existence is asked for, by which leases are extended.</summary>
internal sealed class AskedTier(ICacheTier inner) : ICacheTier
{
    public string Name => inner.Name;

    /// <summary>The questions, in their order.</summary>
    public ConcurrentQueue<ArtifactId[]> Questions { get; } = new();

    public ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken) =>
        inner.GetAsync(id, cancellationToken);

    public ValueTask<CacheResult<ArtifactInfo?>> StatAsync(ArtifactId id, CancellationToken cancellationToken) =>
        inner.StatAsync(id, cancellationToken);

    public ValueTask<CacheResult<Unit>> ContainsAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken)
    {
        Questions.Enqueue(ids.ToArray());
        return inner.ContainsAsync(ids, found, cancellationToken);
    }

    public ValueTask<CacheResult<PutOutcome>> PutAsync(
        ArtifactId id, PipeReader body, PutOptions options, CancellationToken cancellationToken) =>
        inner.PutAsync(id, body, options, cancellationToken);

    public ValueTask<CacheResult<bool>> DeleteAsync(ArtifactId id, CancellationToken cancellationToken) =>
        inner.DeleteAsync(id, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
