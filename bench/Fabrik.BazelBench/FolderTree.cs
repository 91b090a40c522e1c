using System.Globalization;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;
using Directory = Fabrik.Wire.Protos.Bazel.V2.Directory;

namespace Fabrik.BazelBench;

/// <summary>Folders within each other, ten in each as far as they go; each has a file.</summary>
internal sealed class FolderTree
{
    /// <summary>Folders, with the root.</summary>
    public const int Count = 10_000;

    private const int Children = 10;

    public FolderTree()
    {
        var digests = new Digest[Count];
        var folders = new byte[Count][];
        Digest file = new() { Hash = new string('0', BlobDigest.HashLength), SizeBytes = 1 };
        // From the leaves up: a folder names the digests of those in it.
        for (var i = Count - 1; i >= 0; i--)
        {
            var name = i.ToString(CultureInfo.InvariantCulture);
            Directory folder = new();
            folder.Files.Add(new FileNode { Name = name, Digest = file });
            for (var child = (Children * i) + 1; child <= Children * (i + 1) && child < Count; child++)
            {
                folder.Directories.Add(new DirectoryNode
                {
                    Name = child.ToString(CultureInfo.InvariantCulture),
                    Digest = digests[child],
                });
            }

            folders[i] = folder.ToByteArray();
            digests[i] = Blobs.DigestOf(folders[i]).ToMessage();
        }

        (Folders, Root) = (folders, digests[0]);
    }

    /// <summary>The encoded folders.</summary>
    public IReadOnlyList<byte[]> Folders { get; }

    /// <summary>The digest of the outermost one.</summary>
    public Digest Root { get; }
}
