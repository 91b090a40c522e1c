using System.Buffers;

namespace Fabrik.Server.Adapters.Serving;

/// <summary>The forms that keys have on the wire.</summary>
internal static class KeyGrammar
{
    /// <summary>Twice a SHA-512 in hex: more than any tool sends.</summary>
    private const int MaxTokenLength = 256;

    /// <summary>A SHA-512 in hex.</summary>
    private const int MaxHexLength = 128;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    private static readonly SearchValues<char> Token = SearchValues.Create(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_");

    /// <summary>The key if it has 1 to 128 hex digits, else <see langword="null"/>.</summary>
    public static string? HexOrNull(string? key) =>
        key is { Length: > 0 and <= MaxHexLength } && !key.AsSpan().ContainsAnyExcept(Hex) ? key : null;

    /// <summary>The key with 1 to 256 letters, digits, <c>-</c> and <c>_</c>, else <see langword="null"/>.</summary>
    public static string? TokenOrNull(string? key) =>
        key is { Length: > 0 and <= MaxTokenLength } && !key.AsSpan().ContainsAnyExcept(Token) ? key : null;
}
