using System.Buffers;
using System.Buffers.Text;

namespace Fabrik.Server.Auth.Tokens;

/// <summary>
/// Base64url without padding (RFC 7515 section 2) with exactly one spelling per value: otherwise a token could be
/// changed without its signature failing.
/// </summary>
internal static class StrictBase64Url
{
    private static readonly SearchValues<byte> Alphabet = SearchValues.Create(Digits);

    private static ReadOnlySpan<byte> Digits => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8;

    /// <summary>Bytes that a text of that length stands for.</summary>
    public static int DecodedLength(int length) => (int)((long)length * 3 / 4);

    /// <summary>
    /// Decodes; false for other characters, padding, unused bits that are set, or a buffer too small.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> buffer, out int written)
    {
        written = 0;
        if (text.ContainsAnyExcept(Alphabet) || !IsCanonical(text))
        {
            return false;
        }

        return Base64Url.DecodeFromUtf8(text, buffer, out _, out written) == OperationStatus.Done;
    }

    private static bool IsCanonical(ReadOnlySpan<byte> text) => (text.Length % 4) switch
    {
        1 => false,
        2 => (Digits.IndexOf(text[^1]) & 0b1111) == 0,
        3 => (Digits.IndexOf(text[^1]) & 0b11) == 0,
        _ => true,
    };
}
