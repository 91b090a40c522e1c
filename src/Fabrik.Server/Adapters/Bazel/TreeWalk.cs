using Fabrik.Cache;
using Fabrik.Server.Auth;
using Fabrik.Wire.Bazel;
using Directory = Fabrik.Wire.Protos.Bazel.V2.Directory;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>A folder that a walk came to.</summary>
/// <param name="Digest">Its digest.</param>
/// <param name="Folder">
/// Its bytes, which are a folder; <see langword="null"/> if its blob is missing, too large, or no folder.
/// </param>
/// <param name="AreChildrenGood">Whether the digests of all the folders in it are some.</param>
internal readonly record struct TreeNode(BlobDigest Digest, byte[]? Folder, bool AreChildrenGood);

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
    private readonly List<(BlobDigest Digest, int Depth)> _batch = new(BlobLimit.Parallel);
    private readonly List<BlobDigest> _children = [];
    private readonly List<Task> _reads = new(BlobLimit.Parallel);
    private readonly CacheResult<byte[]?>[] _results = new CacheResult<byte[]?>[BlobLimit.Parallel];

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
        TakeBatch();
        await ReadBatchAsync(cancellationToken);
        var nodes = new TreeNode[_batch.Count];
        for (var i = 0; i < nodes.Length; i++)
        {
            if (!_results[i].TryGet(out var bytes, out var error))
            {
                return error;
            }

            _children.Clear();
            var areGood = true;
            var folder = bytes is not null
                && FolderMessage.TryRead(bytes, Directory.DirectoriesFieldNumber, _children, out areGood)
                    ? bytes
                    : null;
            nodes[i] = new TreeNode(_batch[i].Digest, folder, areGood);
            if (folder is not null && AddChildren(_batch[i].Depth + 1) is { } tooMany)
            {
                return tooMany;
            }
        }

        return nodes;
    }

    // What lies here is there at once; only what is far away is waited for.
    private async ValueTask ReadBatchAsync(CancellationToken cancellationToken)
    {
        _reads.Clear();
        for (var i = 0; i < _batch.Count; i++)
        {
            var read = ReadAsync(i, cancellationToken);
            if (!read.IsCompletedSuccessfully)
            {
                _reads.Add(read.AsTask());
            }
        }

        await Task.WhenAll(_reads);
    }

    // At most as many bytes as a folder may have, unless it is one folder.
    private void TakeBatch()
    {
        _batch.Clear();
        var size = 0L;
        while (_batch.Count < BlobLimit.Parallel && _ahead.TryPeek(out var next))
        {
            size += next.Digest.Size;
            if (_batch.Count > 0 && size > BlobLimit.Folder)
            {
                break;
            }

            _batch.Add(_ahead.Dequeue());
        }
    }

    private async ValueTask ReadAsync(int index, CancellationToken cancellationToken)
    {
        var digest = _batch[index].Digest;
        _results[index] = default(byte[]);
        if (digest.Size <= BlobLimit.Folder)
        {
            // Damaged bytes are as good as none: what a client does then is the same.
            var read = await _blobs.ReadAsync(_principal, digest, cancellationToken);
            _results[index] = read.Error is { Kind: CacheErrorKind.Damaged } ? default(byte[]) : read;
        }
    }

    private CacheError? AddChildren(int depth)
    {
        foreach (var child in _children)
        {
            Add(child, depth);
        }

        return _seen.Count <= BlobLimit.TreeNodes && (depth <= BlobLimit.TreeDepth || _children.Count == 0)
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
