namespace Fabrik.Wire.Toml;

/// <summary>Where something stands in a document.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in characters (Unicode scalar values), from 1.</param>
public readonly record struct TomlPosition(int Line, int Column)
{
    /// <summary><c>line:column</c>.</summary>
    public override string ToString() => $"{Line}:{Column}";
}
