namespace Fabrik.Settings.Tree;

/// <summary>
/// A value as it was written, of whatever format, with its place. Closed: scalar, list and table are all there are.
/// </summary>
internal abstract class RawNode(Origin origin)
{
    /// <summary>Where the value begins.</summary>
    public Origin Origin { get; } = origin;
}

/// <summary>What the format said a scalar is.</summary>
internal enum ScalarKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A number without a fraction.</summary>
    Integer,

    /// <summary>A number with a fraction or an exponent.</summary>
    Float,

    /// <summary>A boolean; the text is <c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>Nothing (YAML, JSON).</summary>
    Null,

    /// <summary>A date or time; no setting is one.</summary>
    DateTime,

    /// <summary>From the environment or the command line, which have no types: read as whatever is asked for.</summary>
    Untyped,
}

/// <summary>A scalar.</summary>
internal sealed class RawScalar(Origin origin, ScalarKind kind, string text) : RawNode(origin)
{
    public ScalarKind Kind { get; } = kind;

    /// <summary>The value's text, variables expanded.</summary>
    public string Text { get; init; } = text;

    /// <summary>The text as it stands in the file: what may be shown, as a variable may hold a secret.</summary>
    public string Written { get; } = text;
}

/// <summary>A list.</summary>
internal sealed class RawList(Origin origin, IReadOnlyList<RawNode> items) : RawNode(origin)
{
    public IReadOnlyList<RawNode> Items { get; } = items;
}

/// <summary>One key of a table.</summary>
/// <param name="Name">The key.</param>
/// <param name="Origin">Where the key stands.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct RawEntry(string Name, Origin Origin, RawNode Value);

/// <summary>A table: keys in the order of the file, each once.</summary>
internal sealed class RawTable(Origin origin, IReadOnlyList<RawEntry> entries) : RawNode(origin)
{
    /// <summary>The table that nobody wrote.</summary>
    public static RawTable Empty { get; } = new(Origin.Default, []);

    public IReadOnlyList<RawEntry> Entries { get; } = entries;
}
