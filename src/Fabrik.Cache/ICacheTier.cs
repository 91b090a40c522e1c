using System.IO.Pipelines;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache;

/// <summary>
/// The one contract that the local store, the layers above it and every upstream share: a place that may hold
/// artifacts.
/// </summary>
/// <remarks>
/// A miss is a value, not an error. A failure is a <see cref="CacheError"/>, returned and never thrown; exceptions are
/// bugs, or cancellation by the caller's token. Every method may be called from any thread at any time until the tier
/// is disposed of. A tier that is shutting down answers <see cref="CacheErrorKind.ShuttingDown"/>.
/// </remarks>
public interface ICacheTier : IAsyncDisposable
{
    /// <summary>A short name for logs and metric labels: <c>local</c>, or the host of an upstream.</summary>
    string Name { get; }

    /// <summary>
    /// This tier as one tenant sees it. Ids tell tenants apart already; a tier that keeps each tenant's artifacts in a
    /// place of its own besides (an S3 prefix with <c>{customer_id}</c>), or that stands before such a one, gives a
    /// view that is cheap to keep and is not disposed of. <paramref name="tenant"/> is empty where tenants are not told
    /// apart.
    /// </summary>
    ICacheTier For(string tenant) => this;

    /// <summary>
    /// Looks an artifact up and counts the access. <see langword="null"/> is a miss. The caller disposes of the
    /// artifact, which keeps the bytes readable until then, whatever eviction or deletion does meanwhile.
    /// </summary>
    ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken);

    /// <summary>Describes an artifact without opening it; <see langword="null"/> is a miss.</summary>
    ValueTask<CacheResult<ArtifactInfo?>> StatAsync(ArtifactId id, CancellationToken cancellationToken);

    /// <summary>
    /// Says for each id whether it is there, and extends the lease of those that are. <paramref name="found"/> has the
    /// length of <paramref name="ids"/>.
    /// </summary>
    ValueTask<CacheResult<Unit>> ContainsAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken);

    /// <summary>
    /// Stores what <paramref name="body"/> delivers until its end. It becomes visible only when whole and checked;
    /// when the reader ends with an exception, is cancelled, or delivers another size or digest than
    /// <paramref name="options"/> announce, nothing is stored. The tier does not complete the reader: its owner does.
    /// A tier that has no use for the bytes (an identical artifact is there) may return without reading them.
    /// </summary>
    ValueTask<CacheResult<PutOutcome>> PutAsync(
        ArtifactId id, PipeReader body, PutOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Removes an artifact; false when there was none. Its bytes go when no other artifact shares them.
    /// </summary>
    ValueTask<CacheResult<bool>> DeleteAsync(ArtifactId id, CancellationToken cancellationToken);

    /// <summary>
    /// Removes an artifact if what is there is expected, as <see cref="PutOptions.Expects"/> says. A tier that cannot
    /// judge and remove in one step removes nothing and answers <see cref="CacheErrorKind.InvalidRequest"/>.
    /// </summary>
    ValueTask<CacheResult<bool>> DeleteIfAsync(
        ArtifactId id, Func<ArtifactInfo?, bool> expects, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<bool>>(CacheError.Internal(
            CacheErrorKind.InvalidRequest, $"{Name} removes nothing under a condition"));
}
