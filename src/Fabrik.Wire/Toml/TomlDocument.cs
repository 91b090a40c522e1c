using System.Buffers;
using System.Text;

namespace Fabrik.Wire.Toml;

/// <summary>
/// A TOML document (https://toml.io/en/v1.0.0, https://toml.io/en/v1.1.0) as a tree whose every key and value knows
/// its place. Pure: bytes in, tree and errors out; nothing is thrown for bad input.
/// </summary>
public sealed class TomlDocument
{
    /// <summary>
    /// Tables and arrays that may stand in each other; more is an error. Bounds every reader's recursion.
    /// </summary>
    public const int MaxDepth = 128;

    /// <summary>Errors that are collected before parsing stops.</summary>
    public const int MaxErrors = 50;

    private static readonly UTF8Encoding StrictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private TomlDocument(TomlTable root, IReadOnlyList<TomlError> errors)
    {
        Root = root;
        Errors = errors;
    }

    /// <summary>What was read; where there are errors, only what is right.</summary>
    public TomlTable Root { get; }

    /// <summary>What is wrong, in the order of the document; empty for a valid document.</summary>
    public IReadOnlyList<TomlError> Errors { get; }

    /// <summary>Reads a document. A byte order mark at the start is skipped.</summary>
    /// <param name="utf8">The whole document.</param>
    /// <param name="version">The edition that it is held against.</param>
    public static TomlDocument Parse(ReadOnlySpan<byte> utf8, TomlVersion version = TomlVersion.V1_0)
    {
        if (utf8.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        int valid = ValidLength(utf8);
        if (valid < utf8.Length)
        {
            TomlCursor before = new(StrictUtf8.GetString(utf8[..valid]), []);
            before.SkipTo(before.Length);
            TomlTable nothing = new(new TomlPosition(1, 1), TomlTableOrigin.Header, depth: 0);
            return new(nothing, [new TomlError(before.Position, "expected UTF-8, found a byte that is none")]);
        }

        List<TomlError> errors = [];
        TomlTable root = new TomlParser(new TomlCursor(StrictUtf8.GetString(utf8), errors), version).Parse();
        return new(root, errors);
    }

    private static int ValidLength(ReadOnlySpan<byte> utf8)
    {
        int at = System.Text.Unicode.Utf8.IsValid(utf8) ? utf8.Length : 0;
        while (at < utf8.Length && Rune.DecodeFromUtf8(utf8[at..], out _, out int length) == OperationStatus.Done)
        {
            at += length;
        }

        return at;
    }
}
