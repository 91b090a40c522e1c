using Xunit;

namespace Fabrik.UnitTests.Wire.Toml;

/// <summary>The public toml-test cases, beside the repository.</summary>
internal static class TomlVectors
{
    private static readonly string Folder = Find();

    /// <summary>The documents that a list names under <c>valid/</c> or <c>invalid/</c>.</summary>
    public static TheoryData<string> Documents(string list, string group)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Folder, list));
        TheoryData<string> found = new(lines.Where(line =>
            line.StartsWith(group, StringComparison.Ordinal) && line.EndsWith(".toml", StringComparison.Ordinal)));
        Assert.True(found.Count > 100, $"{list} names only {found.Count} documents under {group}");
        return found;
    }

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    private static string Find()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Fabrik.slnx")))
        {
            at = at.Parent;
        }

        string root = at?.FullName
            ?? throw new DirectoryNotFoundException("no folder above the tests holds Fabrik.slnx");
        string folder = Path.GetFullPath(Path.Combine(root, "../shared/vectors/toml"));
        return Directory.Exists(folder)
            ? folder
            : throw new DirectoryNotFoundException($"the TOML test vectors are missing: expected the folder {folder}");
    }
}
