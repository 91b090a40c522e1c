using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Fabrik.Wire.S3.Signing;

namespace Fabrik.Wire.S3;

/// <summary>
/// Percent-encoding as S3 signs it (<c>UriEncode</c> of Signature Version 4): all but letters, digits and
/// <c>-._~</c> is escaped with upper-case hex; nothing is normalised.
/// </summary>
public static class S3Uri
{
    private static readonly UTF8Encoding Strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Encodes a key, or a whole path, for a request target: <c>/</c> stays.</summary>
    /// <param name="path">Any text; a lone surrogate throws <see cref="EncoderFallbackException"/>.</param>
    public static string EncodePath(ReadOnlySpan<char> path) => Encode(path, keepSlash: true);

    /// <summary>Encodes the name or the value of a query parameter: <c>/</c> is escaped too.</summary>
    /// <param name="text">Any text; a lone surrogate throws <see cref="EncoderFallbackException"/>.</param>
    public static string EncodeQuery(ReadOnlySpan<char> text) => Encode(text, keepSlash: false);

    /// <summary>
    /// Decodes escapes to strict UTF-8. False if an escape is not two hex digits, or the bytes are not UTF-8.
    /// </summary>
    /// <param name="raw">The text as sent.</param>
    /// <param name="plusIsSpace">Whether <c>+</c> means a space, as in a query.</param>
    /// <param name="decoded">The text; empty if the answer is false.</param>
    public static bool TryDecode(ReadOnlySpan<char> raw, bool plusIsSpace, out string decoded)
    {
        decoded = "";
        if (!raw.Contains('%') && !(plusIsSpace && raw.Contains('+')) && Ascii.IsValid(raw))
        {
            decoded = raw.ToString();
            return true;
        }

        var bytes = new CanonicalBuffer(stackalloc byte[512]);
        var isText = TryDecode(raw, plusIsSpace, ref bytes) && Utf8.IsValid(bytes.Written);
        if (isText)
        {
            decoded = Encoding.UTF8.GetString(bytes.Written);
        }

        bytes.Dispose();
        return isText;
    }

    /// <summary>Decodes escapes to bytes of whatever kind.</summary>
    internal static bool TryDecode(ReadOnlySpan<char> raw, bool plusIsSpace, ref CanonicalBuffer to)
    {
        while (!raw.IsEmpty)
        {
            var plain = plusIsSpace ? raw.IndexOfAny('%', '+') : raw.IndexOf('%');
            to.Append(plain < 0 ? raw : raw[..plain]);
            if (plain < 0)
            {
                break;
            }

            if (raw[plain] == '+')
            {
                to.Append((byte)' ');
                raw = raw[(plain + 1)..];
                continue;
            }

            if (raw.Length - plain < 3
                || !char.IsAsciiHexDigit(raw[plain + 1])
                || !char.IsAsciiHexDigit(raw[plain + 2]))
            {
                return false;
            }

            to.Append(byte.Parse(
                raw.Slice(plain + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            raw = raw[(plain + 3)..];
        }

        return true;
    }

    private static string Encode(ReadOnlySpan<char> text, bool keepSlash)
    {
        Span<byte> utf8 = new byte[Strict.GetByteCount(text)];
        Strict.GetBytes(text, utf8);
        var encoded = new CanonicalBuffer(stackalloc byte[512]);
        encoded.AppendEncoded(utf8, keepSlash);
        var result = Encoding.ASCII.GetString(encoded.Written);
        encoded.Dispose();
        return result;
    }
}
