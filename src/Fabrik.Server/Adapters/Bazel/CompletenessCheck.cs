using Fabrik.Cache;
using Fabrik.Server.Auth;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Protos.Bazel.V2;
using Directory = Fabrik.Wire.Protos.Bazel.V2.Directory;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>
/// Whether everything that a result names is there. Builds without the bytes fail when they come to need a blob that
/// has gone, so a result without one of its blobs is worse than none.
/// </summary>
/// <remarks>
/// (1) What the result itself names is asked for in one question; (2) trees are read, and what they name is asked for
/// in another. Both extend the leases of what is there.
/// </remarks>
internal sealed class CompletenessCheck(BlobSpace blobs)
{
    private readonly BlobReader _reader = new(blobs);

    /// <summary>The path of something that is missing, or whose digest is none; null if nothing is.</summary>
    public async ValueTask<CacheResult<string?>> FindMissingAsync(
        CachePrincipal principal, ActionResult result, CancellationToken cancellationToken)
    {
        var references = new BlobReferences(principal);
        if (AddDirect(result, references) is { } bad)
        {
            return bad;
        }

        var first = await references.FindMissingAsync(blobs, cancellationToken);
        if (first.Error is not null || first.Value is not null || result.OutputDirectories.Count == 0)
        {
            return first;
        }

        foreach (var folder in result.OutputDirectories)
        {
            var added = await AddTreeAsync(principal, folder, references, cancellationToken);
            if (added.Error is null && added.Value)
            {
                added = await AddFoldersAsync(principal, folder, references, cancellationToken);
            }

            // What is damaged, or larger than any tree may be, is as good as missing.
            if (added.Error is { Kind: not (CacheErrorKind.Damaged or CacheErrorKind.InvalidRequest) } error)
            {
                return error;
            }

            if (added.Error is not null || !added.Value)
            {
                return folder.Path;
            }
        }

        return await references.FindMissingAsync(blobs, cancellationToken);
    }

    private async ValueTask<CacheResult<bool>> AddTreeAsync(
        CachePrincipal principal,
        OutputDirectory output,
        BlobReferences references,
        CancellationToken cancellationToken)
    {
        if (!BlobDigest.TryParse(output.TreeDigest, out var digest, out _) || digest.IsEmpty)
        {
            return true;
        }

        var opened = await blobs.OpenAsync(principal, digest, cancellationToken);
        if (!opened.TryGet(out var artifact, out var error))
        {
            return error;
        }

        if (artifact is null)
        {
            return false;
        }

        await using (artifact)
        {
            return await TreeMessage.ReadAsync(
                artifact, folder => TryAddFiles(folder, output.Path, references), cancellationToken);
        }
    }

    private async ValueTask<CacheResult<bool>> AddFoldersAsync(
        CachePrincipal principal,
        OutputDirectory output,
        BlobReferences references,
        CancellationToken cancellationToken)
    {
        if (!BlobDigest.TryParse(output.RootDirectoryDigest, out var root, out _))
        {
            return true;
        }

        var walk = new TreeWalk(_reader, principal, root);
        while (!walk.IsAtEnd)
        {
            var next = await walk.NextAsync(cancellationToken);
            if (!next.TryGet(out var nodes, out var error))
            {
                return error;
            }

            foreach (var node in nodes)
            {
                references.Add(node.Digest, output.Path);
                if (node.Folder is not { } folder
                    || !node.AreChildrenGood
                    || !TryAddFiles(folder, output.Path, references))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool TryAddFiles(byte[] folder, string path, BlobReferences references)
    {
        List<BlobDigest> files = [];
        return FolderMessage.TryRead(folder, Directory.FilesFieldNumber, files, out var areGood)
            && areGood
            && files.TrueForAll(file => references.TryAdd(file, path));
    }

    private static bool TryAddFiles(Directory folder, string path, BlobReferences references)
    {
        foreach (var file in folder.Files)
        {
            if (!references.TryAdd(file.Digest, path))
            {
                return false;
            }
        }

        return true;
    }

    private static string? AddDirect(ActionResult result, BlobReferences references)
    {
        foreach (var file in result.OutputFiles)
        {
            if (!references.TryAdd(file.Digest, file.Path))
            {
                return file.Path;
            }
        }

        foreach (var folder in result.OutputDirectories)
        {
            var hasRoot = ActionResultRules.IsGiven(folder.RootDirectoryDigest);
            if ((hasRoot && !references.TryAdd(folder.RootDirectoryDigest, folder.Path))
                || ((!hasRoot || ActionResultRules.IsGiven(folder.TreeDigest))
                    && !references.TryAdd(folder.TreeDigest, folder.Path)))
            {
                return folder.Path;
            }
        }

        return ActionResultRules.IsGiven(result.StdoutDigest) && !references.TryAdd(result.StdoutDigest, "stdout")
            ? "stdout"
            : ActionResultRules.IsGiven(result.StderrDigest) && !references.TryAdd(result.StderrDigest, "stderr")
                ? "stderr"
                : null;
    }
}
