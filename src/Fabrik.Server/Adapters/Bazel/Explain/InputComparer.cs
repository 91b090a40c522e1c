using Fabrik.Cache;
using Fabrik.Server.Auth;
using Fabrik.Wire.Protos.Bazel.V2;
using Directory = Fabrik.Wire.Protos.Bazel.V2.Directory;

namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>Compares the inputs of two actions by path; what has the same digest is not looked into.</summary>
internal sealed class InputComparer(
    StoredMessages messages, (CachePrincipal First, CachePrincipal Second) readers, DifferenceList differences)
{
    // Pairs of folders that are looked into.
    private const int MaxFolders = 10_000;

    private readonly Queue<(string Path, Digest? First, Digest? Second)> _ahead = [];

    /// <summary>Compares two trees; the error is a failure of the cache.</summary>
    public async ValueTask<CacheError?> CompareAsync(
        Digest? first, Digest? second, CancellationToken cancellationToken)
    {
        Add("", first, second);
        for (var folders = 0; _ahead.TryDequeue(out var next) && !differences.IsCut; folders++)
        {
            if (folders == MaxFolders)
            {
                differences.Add($"more than {MaxFolders} folders of inputs differ: the rest was not compared");
                break;
            }

            var (left, error) = await ReadAsync(readers.First, next.First, cancellationToken);
            var (right, otherError) = error is null
                ? await ReadAsync(readers.Second, next.Second, cancellationToken)
                : (null, error);
            if (otherError is not null)
            {
                return otherError;
            }

            Compare(next, left, right);
        }

        return null;
    }

    private static string Below(string path, string name) => path.Length == 0 ? name : $"{path}/{name}";

    private static string Text(Digest? digest) => digest is null ? "" : $"{digest.Hash}/{digest.SizeBytes}";

    private static IEnumerable<KeyValuePair<string, string>> EntriesOf(Directory? folder, string path) =>
    [
        .. (folder?.Files ?? []).Select(file => KeyValuePair.Create(
            Below(path, file.Name), file.IsExecutable ? $"{Text(file.Digest)} executable" : Text(file.Digest))),
        .. (folder?.Symlinks ?? []).Select(link => KeyValuePair.Create(Below(path, link.Name), $"-> {link.Target}")),
    ];

    private static Dictionary<string, Digest> FoldersOf(Directory? folder)
    {
        var folders = new Dictionary<string, Digest>(StringComparer.Ordinal);
        foreach (var child in folder?.Directories ?? [])
        {
            folders[child.Name] = child.Digest;
        }

        return folders;
    }

    private void Compare((string Path, Digest? First, Digest? Second) at, Directory? left, Directory? right)
    {
        if ((at.First is not null && left is null) || (at.Second is not null && right is null))
        {
            var path = at.Path.Length == 0 ? "the root of the inputs" : at.Path;
            differences.Add("input", $"{path} (a folder)", Text(at.First), Text(at.Second));
            differences.Add(
                $"what is in {path} is not in the cache: build tools upload inputs for remote execution alone");
            return;
        }

        differences.AddNamed("input", EntriesOf(left, at.Path), EntriesOf(right, at.Path));
        var (folders, others) = (FoldersOf(left), FoldersOf(right));
        foreach (var name in folders.Keys.Union(others.Keys, StringComparer.Ordinal))
        {
            Add(Below(at.Path, name), folders.GetValueOrDefault(name), others.GetValueOrDefault(name));
        }
    }

    private void Add(string path, Digest? first, Digest? second)
    {
        // What is dropped here is not compared, and that is said when the limit is reached.
        if (!Equals(first, second) && _ahead.Count <= MaxFolders)
        {
            _ahead.Enqueue((path, first, second));
        }
    }

    private async ValueTask<(Directory? Folder, CacheError? Error)> ReadAsync(
        CachePrincipal reader, Digest? digest, CancellationToken cancellationToken)
    {
        if (digest is { SizeBytes: 0 })
        {
            return (new Directory(), null);
        }

        var read = await messages.ReadAsync(reader, digest?.Hash, Directory.Parser, cancellationToken);
        return read.TryGet(out var folder, out var error) ? (folder, null) : (null, error);
    }
}
