using System.Collections.Immutable;

namespace Fabrik.UnitTests.Tidy;

/// <summary>The files of the repository as they lie on the disk, without what is built or fetched.</summary>
internal static class SourceTree
{
    private const long MaxSize = 4 << 20;

    private static readonly ImmutableHashSet<string> Skipped =
        [".git", ".vs", ".idea", ".clients", "artifacts", "bin", "obj", "node_modules"];

    private static readonly ImmutableHashSet<string> Binary = [".bin", ".gz", ".zst", ".png", ".jar", ".zip"];

    public static string Root { get; } = FindRoot();

    /// <summary>Every text file.</summary>
    public static IReadOnlyList<SourceFile> All { get; } = [.. Read(new DirectoryInfo(Root))];

    /// <summary>Every C# file, of the product and of the tests.</summary>
    public static IEnumerable<SourceFile> CSharp => WithExtension(".cs");

    /// <summary>The C# files of the product.</summary>
    public static IEnumerable<SourceFile> Product => CSharp.Where(file => file.Path.StartsWith("src/", Ordinal));

    /// <summary>The project files.</summary>
    public static IEnumerable<SourceFile> Projects => WithExtension(".csproj");

    private static StringComparison Ordinal => StringComparison.Ordinal;

    public static IEnumerable<SourceFile> WithExtension(string extension) =>
        All.Where(file => file.Path.EndsWith(extension, Ordinal));

    public static SourceFile Get(string path) => All.Single(file => file.Path == path);

    private static IEnumerable<SourceFile> Read(DirectoryInfo folder)
    {
        foreach (FileInfo file in folder.EnumerateFiles().Where(IsText))
        {
            string path = Path.GetRelativePath(Root, file.FullName).Replace('\\', '/');
            yield return new SourceFile(path, File.ReadAllText(file.FullName));
        }

        foreach (DirectoryInfo child in folder.EnumerateDirectories().Where(child => !Skipped.Contains(child.Name)))
        {
            foreach (SourceFile file in Read(child))
            {
                yield return file;
            }
        }
    }

    // In a work tree of git ".git" is a file.
    private static bool IsText(FileInfo file) =>
        file.Name != ".git" && file.Length < MaxSize && !Binary.Contains(file.Extension);

    private static string FindRoot()
    {
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Join(at.FullName, "Fabrik.slnx")))
        {
            at = at.Parent ?? throw new DirectoryNotFoundException("no folder above the tests holds Fabrik.slnx");
        }

        return at.FullName;
    }
}
