using Xunit;

namespace Fabrik.UnitTests.Wire.Toml;

/// <summary>The public toml-test cases, beside the repository; a clone alone has none, and skips them.</summary>
internal static class TomlVectors
{
    private static readonly string Folder = Find();
    private static readonly string Missing = Directory.Exists(Folder) ? "" : $"there are no TOML vectors in {Folder}";

    /// <summary>The documents that a list names under <c>valid/</c> or <c>invalid/</c>.</summary>
    public static TheoryData<string> Documents(string list, string group)
    {
        if (Missing.Length > 0)
        {
            return [new TheoryDataRow<string>(list) { Skip = Missing }];
        }

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
        return Path.GetFullPath(Path.Combine(root, "../shared/vectors/toml"));
    }
}
