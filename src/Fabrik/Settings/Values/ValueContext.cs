using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary>What a type needs to know while it reads one setting, and where it says what is wrong.</summary>
internal sealed class ValueContext(string key, List<SettingError> errors)
{
    private const int ShownCharacters = 80;

    /// <summary>Whether the value is never to be shown.</summary>
    public required bool IsSecret { get; init; }

    /// <summary>The folder that relative paths start from, for values of an origin.</summary>
    public required Func<Origin, string> BaseDirectory { get; init; }

    /// <summary>The user's home, for paths that begin with <c>~/</c>; null where it is unknown.</summary>
    public required string? Home { get; init; }

    /// <summary>Takes down that something else was expected. Always false, so that a reader can return it.</summary>
    public bool Refuse(RawNode node, string expected, string? suggestion = null)
    {
        string problem = $"expected {expected}, found {Describe(node)}";
        errors.Add(new SettingError(node.Origin, key, problem) { Suggestion = suggestion });
        return false;
    }

    private string Describe(RawNode node) => node switch
    {
        RawTable => "a table",
        RawList => "a list",
        _ when IsSecret => "a value that is not shown",
        RawScalar { Kind: ScalarKind.Null } => "nothing",
        RawScalar { Kind: ScalarKind.Text or ScalarKind.Untyped } text => $"\"{Shorten(text.Written)}\"",
        RawScalar scalar => Shorten(scalar.Written),
        _ => "something else",
    };

    private static string Shorten(string text)
    {
        string line = text.ReplaceLineEndings(" ");
        return line.Length <= ShownCharacters ? line : $"{line.AsSpan(0, ShownCharacters)}…";
    }
}
