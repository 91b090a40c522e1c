using Fabrik.Cache;
using Fabrik.Server.Auth;
using Fabrik.Wire.Bazel;
using Google.Protobuf;
using Directory = Fabrik.Wire.Protos.Bazel.V2.Directory;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>A folder that a walk came to.</summary>
/// <param name="Digest">Its digest.</param>
/// <param name="Folder">
/// What is in it; <see langword="null"/> if its blob is missing, too large, or no folder.
/// </param>
internal readonly record struct TreeNode(BlobDigest Digest, Directory? Folder);

/// <summary>
/// Goes through the folders below one, breadth first, each once however often it is named. The order follows from the
/// folders alone, so that two walks of one tree are the same.
/// </summary>
internal sealed class TreeWalk
{
    private readonly BlobReader _blobs;
    private readonly CachePrincipal _principal;
    private readonly HashSet<BlobDigest> _seen = [];
    private readonly Queue<(BlobDigest Digest, int Depth)> _ahead = [];

    /// <summary>Stands before a root.</summary>
    public TreeWalk(BlobReader blobs, CachePrincipal principal, BlobDigest root)
    {
        (_blobs, _principal) = (blobs, principal);
        Add(root, 0);
    }

    /// <summary>Whether there is nothing more to come.</summary>
    public bool IsAtEnd => _ahead.Count == 0;

    /// <summary>The next few folders, read together.</summary>
    public async ValueTask<CacheResult<IReadOnlyList<TreeNode>>> NextAsync(CancellationToken cancellationToken)
    {
        var batch = TakeBatch();
        var reads = new Task<CacheResult<byte[]?>>[batch.Count];
        for (var i = 0; i < reads.Length; i++)
        {
            reads[i] = ReadAsync(batch[i].Digest, cancellationToken).AsTask();
        }

        await Task.WhenAll(reads);
        var nodes = new TreeNode[batch.Count];
        for (var i = 0; i < nodes.Length; i++)
        {
            if (!(await reads[i]).TryGet(out var bytes, out var error))
            {
                return error;
            }

            var folder = bytes is null ? null : Parse(bytes);
            nodes[i] = new TreeNode(batch[i].Digest, folder);
            if (folder is not null && AddChildren(folder, batch[i].Depth + 1) is { } tooMany)
            {
                return tooMany;
            }
        }

        return nodes;
    }

    private static Directory? Parse(byte[] bytes)
    {
        try
        {
            return Directory.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    // At most as many bytes as a folder may have, unless it is one folder.
    private List<(BlobDigest Digest, int Depth)> TakeBatch()
    {
        var batch = new List<(BlobDigest Digest, int Depth)>(BlobLimit.Parallel);
        var size = 0L;
        while (batch.Count < BlobLimit.Parallel && _ahead.TryPeek(out var next))
        {
            size += next.Digest.Size;
            if (batch.Count > 0 && size > BlobLimit.Folder)
            {
                break;
            }

            batch.Add(_ahead.Dequeue());
        }

        return batch;
    }

    private async ValueTask<CacheResult<byte[]?>> ReadAsync(BlobDigest digest, CancellationToken cancellationToken)
    {
        if (digest.Size > BlobLimit.Folder)
        {
            return default(byte[]);
        }

        // Damaged bytes are as good as none: what a client does then is the same.
        var read = await _blobs.ReadAsync(_principal, digest, cancellationToken);
        return read.Error is { Kind: CacheErrorKind.Damaged } ? default(byte[]) : read;
    }

    private CacheError? AddChildren(Directory folder, int depth)
    {
        foreach (var child in folder.Directories)
        {
            if (BlobDigest.TryParse(child.Digest, out var digest, out _))
            {
                Add(digest, depth);
            }
        }

        return _seen.Count <= BlobLimit.TreeNodes && (depth <= BlobLimit.TreeDepth || folder.Directories.Count == 0)
            ? null
            : CacheError.Client(
                CacheErrorKind.InvalidRequest,
                $"the tree has more than {BlobLimit.TreeNodes} folders, or more than {BlobLimit.TreeDepth} levels");
    }

    private void Add(BlobDigest digest, int depth)
    {
        if (_seen.Add(digest))
        {
            _ahead.Enqueue((digest, depth));
        }
    }
}
