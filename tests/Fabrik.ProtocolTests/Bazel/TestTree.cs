using Fabrik.Wire.Protos.Bazel.V2;
using Directory = Fabrik.Wire.Protos.Bazel.V2.Directory;

namespace Fabrik.ProtocolTests.Bazel;

/// <summary>Folders made of others.</summary>
internal static class TestTree
{
    /// <summary>A folder with files and folders.</summary>
    public static Directory Folder(TestBlob[]? files = null, params TestBlob[] folders) => new()
    {
        Files = { (files ?? []).Select((file, i) => new FileNode { Name = $"f{i}", Digest = file.Message }) },
        Directories =
        {
            folders.Select((folder, i) => new DirectoryNode { Name = $"d{i}", Digest = folder.Message }),
        },
    };

    /// <summary>A folder without other folders, unlike those of other numbers.</summary>
    public static TestBlob Leaf(int number, int nameLength = 0) => TestBlob.Of(new Directory
    {
        Symlinks = { new SymlinkNode { Name = $"l{number}{new string('x', nameLength)}", Target = "t" } },
    });
}
