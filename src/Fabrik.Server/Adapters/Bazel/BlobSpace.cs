using System.Buffers;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Auth;
using Fabrik.Wire.Bazel;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>
/// The content-addressed blobs of a tenant: one space for all its instances and trust scopes. A blob is checked against
/// the name that it is stored under, so nobody can put a wrong one there for others, and who can name it has seen it.
/// </summary>
internal sealed class BlobSpace(ServerServices services)
{
    /// <summary>The namespace of the ids; see <see cref="ArtifactKey"/>.</summary>
    public const string Namespace = "bazel-cas";

    /// <summary>The tool that entries are stored and counted by.</summary>
    public const string Tool = "bazel";

    /// <summary>The one scope of all blobs.</summary>
    public const string Scope = "";

    private static readonly ArtifactMetadata Metadata = new() { Tool = Tool };

    /// <summary>
    /// The id of a blob: by its hash alone, which decides the size; the HTTP protocol does not say a size.
    /// </summary>
    public static ArtifactId IdOf(CachePrincipal principal, BlobDigest digest) =>
        ArtifactKey.IdOf(principal.Tenant, Scope, Namespace, digest.Hash);

    /// <summary>The same for many blobs of one tenant, whose hashes are UTF-8.</summary>
    public static ArtifactKeySpace KeysOf(CachePrincipal principal) => new(principal.Tenant, Scope, Namespace);

    /// <summary>
    /// Opens a blob; <see langword="null"/> is a miss, as is a blob that has another size than the digest says. Not
    /// for the empty one, which is always there.
    /// </summary>
    public async ValueTask<CacheResult<CachedArtifact?>> OpenAsync(
        CachePrincipal principal, BlobDigest digest, CancellationToken cancellationToken)
    {
        var result = await services.CacheOf(principal).GetAsync(IdOf(principal, digest), cancellationToken);
        if (result.TryGet(out var blob, out _) && blob is not null && blob.Info.Size != digest.Size)
        {
            await blob.DisposeAsync();
            return default(CachedArtifact);
        }

        return result;
    }

    /// <summary>Stores a blob, if it has the digest.</summary>
    public ValueTask<CacheResult<PutOutcome>> PutAsync(
        CachePrincipal principal, BlobDigest digest, PipeReader body, CancellationToken cancellationToken)
    {
        PutOptions options = new()
        {
            Metadata = Metadata,
            ExpectedSize = digest.Size,
            ExpectedDigest = ContentOf(digest),
            MaxSize = services.Options.MaxArtifactSize,
        };
        return services.CacheOf(principal).PutAsync(IdOf(principal, digest), body, options, cancellationToken);
    }

    /// <summary>Stores a blob that is in memory, if it has the digest.</summary>
    public ValueTask<CacheResult<PutOutcome>> PutAsync(
        CachePrincipal principal, BlobDigest digest, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        PutAsync(principal, digest, PipeReader.Create(new ReadOnlySequence<byte>(bytes)), cancellationToken);

    /// <summary>
    /// Says of each blob whether it is there, in one question, and extends the leases of those that are. Sizes are not
    /// compared: whoever has a blob knows its size.
    /// </summary>
    /// <returns>For each digest, in their order; the empty blob is always there.</returns>
    public async ValueTask<CacheResult<bool[]>> ContainsAsync(
        CachePrincipal principal, IReadOnlyList<BlobDigest> digests, CancellationToken cancellationToken)
    {
        var ids = new ArtifactId[digests.Count];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = IdOf(principal, digests[i]);
        }

        var found = new bool[ids.Length];
        var result = await ContainsAsync(principal, ids, found, cancellationToken);
        if (result.Error is { } error)
        {
            return error;
        }

        for (var i = 0; i < found.Length; i++)
        {
            found[i] |= digests[i].IsEmpty;
        }

        return found;
    }

    /// <summary>
    /// The same for ids that were made already; the empty blob's is as any other. <paramref name="found"/> has the
    /// length of <paramref name="ids"/>.
    /// </summary>
    public ValueTask<CacheResult<Unit>> ContainsAsync(
        CachePrincipal principal,
        ReadOnlyMemory<ArtifactId> ids,
        Memory<bool> found,
        CancellationToken cancellationToken) =>
        services.CacheOf(principal).ContainsAsync(ids, found, cancellationToken);

    private static ContentDigest ContentOf(BlobDigest digest) => ContentDigest.TryParse(digest.Hash, out var content)
        ? content
        : throw new InvalidOperationException($"the digest {digest} has been let in with a hash that is none");
}
