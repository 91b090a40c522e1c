using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Auth;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Protos.Bazel.V2;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>The blobs that a result names, and the path that each is named by.</summary>
internal sealed class BlobReferences(CachePrincipal principal)
{
    private readonly List<ArtifactId> _ids = [];
    private readonly List<string> _paths = [];

    /// <summary>Adds a blob.</summary>
    /// <returns>Whether its digest is one, and there were not too many before it.</returns>
    public bool TryAdd(Digest? message, string path) =>
        BlobDigest.TryParse(message, out var digest, out _) && TryAdd(digest, path);

    /// <summary>The same for a digest that was read already.</summary>
    public bool TryAdd(BlobDigest digest, string path)
    {
        if (_ids.Count == BlobLimit.TreeNodes)
        {
            return false;
        }

        Add(digest, path);
        return true;
    }

    /// <summary>Adds a blob, however many there are.</summary>
    public void Add(BlobDigest digest, string path)
    {
        if (!digest.IsEmpty)
        {
            _ids.Add(BlobSpace.IdOf(principal, digest));
            _paths.Add(path);
        }
    }

    /// <summary>
    /// Asks for all of them at once, which extends the leases of those that are there, and forgets them.
    /// </summary>
    /// <returns>The path of one that is missing, or <see langword="null"/>.</returns>
    public async ValueTask<CacheResult<string?>> FindMissingAsync(BlobSpace blobs, CancellationToken cancellationToken)
    {
        var ids = _ids.ToArray();
        var found = new bool[ids.Length];
        if (ids.Length > 0)
        {
            var asked = await blobs.ContainsAsync(principal, ids, found, cancellationToken);
            if (asked.Error is { } error)
            {
                return error;
            }
        }

        var missing = Array.IndexOf(found, false);
        var path = missing < 0 ? null : _paths[missing];
        _ids.Clear();
        _paths.Clear();
        return path;
    }
}
