using System.Text.RegularExpressions;

namespace Fabrik.UnitTests.Tidy;

/// <summary>A text file.</summary>
/// <param name="Path">From the root of the repository, with slashes.</param>
/// <param name="Text">All of it.</param>
internal sealed record SourceFile(string Path, string Text)
{
    public IReadOnlyList<string> Lines { get; } = Text.TrimEnd('\n').Split('\n');

    /// <summary>The folder that it is in.</summary>
    public string Folder => Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.LastIndexOf('/')] : "";

    public override string ToString() => Path;

    /// <summary>Where a pattern matches, as <c>path:line: text</c>.</summary>
    public IEnumerable<string> Find(Regex pattern) => Lines.Index()
        .Where(line => pattern.IsMatch(line.Item))
        .Select(line => $"{Path}:{line.Index + 1}: {line.Item.Trim()}");
}
