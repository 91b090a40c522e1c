namespace Fabrik.Wire.Toml;

/// <summary>One thing that is wrong with a document.</summary>
/// <param name="Position">Where.</param>
/// <param name="Message">
/// What was expected and what was found. Values are never quoted, at most one character of them: they may be secret.
/// </param>
public sealed record TomlError(TomlPosition Position, string Message)
{
    /// <summary><c>line:column: message</c>.</summary>
    public override string ToString() => $"{Position}: {Message}";
}
