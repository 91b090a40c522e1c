using System.Buffers;
using System.Text;

namespace Fabrik.Observability.Logs;

/// <summary>
/// Takes out of a line what looks like a secret. The second line of defence: no message is given a secret on purpose,
/// but an exception of a library may quote a header or an address.
/// </summary>
internal static class SecretScrubber
{
    private const string Stars = "***";

    // Base64 of {" which begins every JSON Web Token.
    private const string TokenStart = "eyJ";
    private const string AuthorityStart = "://";

    // What a secret follows upon, or begins with.
    private static readonly string[] Markers =
    [
        "Bearer ", "Basic ", "token=", "password=", "passwd=", "pwd=", "secret=", "api_key=", "apikey=", "sig=",
        "signature=", TokenStart, AuthorityStart,
    ];

    private static readonly SearchValues<string> AnyMarker =
        SearchValues.Create(Markers, StringComparison.OrdinalIgnoreCase);

    // What a token is made of: the alphabets of Base64 and Base64url, the dots between, and escapes in addresses.
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=.~%");

    // What a value ends at, in an address or a connection string. It may hold anything else.
    private static readonly SearchValues<char> ValueEnds = SearchValues.Create(" \t\r\n&;,\"'<>");

    // What user and host of an address end at.
    private static readonly SearchValues<char> AuthorityEnds = SearchValues.Create(" \t\r\n/?#\\\"'<>");

    /// <summary>The text with stars in the place of secrets; the same object where there are none.</summary>
    public static string Scrub(string text)
    {
        int at = text.AsSpan().IndexOfAny(AnyMarker);
        return at < 0 ? text : ScrubFrom(text, at);
    }

    private static string ScrubFrom(string text, int at)
    {
        StringBuilder? clean = null;
        int copied = 0;
        while (at >= 0)
        {
            string marker = MarkerAt(text, at)!;
            (int start, int end) = SecretAt(text, at, marker);
            if (end > start && end > copied)
            {
                clean ??= new StringBuilder(text.Length);
                if (start > copied || copied == 0)
                {
                    clean.Append(text, copied, start - copied).Append(Stars);
                }

                copied = end;
            }

            // Inside of a secret too: what follows upon a marker there may reach beyond its end.
            int searched = at + marker.Length;
            int next = text.AsSpan(searched).IndexOfAny(AnyMarker);
            at = next < 0 ? -1 : searched + next;
        }

        return clean?.Append(text, copied, text.Length - copied).ToString() ?? text;
    }

    // Where a secret is; an empty range behind the marker where it marks none.
    private static (int Start, int End) SecretAt(string text, int at, string marker)
    {
        int start = at + marker.Length;
        switch (marker)
        {
            case TokenStart:
                int tokenEnd = EndOf(text, start, TokenCharacters, isEnd: false);
                bool isToken = text.AsSpan(at, tokenEnd - at) is var token
                    && token.StartsWith(TokenStart, StringComparison.Ordinal)
                    && token.Contains('.');
                return isToken ? (at, tokenEnd) : (start, start);
            case AuthorityStart:
                int authorityEnd = EndOf(text, start, AuthorityEnds, isEnd: true);
                int user = text.AsSpan(start, authorityEnd - start).LastIndexOf('@');
                return (start, start + Math.Max(user, 0));
            default:
                // "token=Bearer abc": what follows is a marker again, and the secret is behind it.
                while (MarkerAt(text, start) is { } another and not TokenStart and not AuthorityStart)
                {
                    start += another.Length;
                }

                bool isHeader = text[start - 1] == ' ';
                bool isQuoted = start < text.Length && text[start] is '"' or '\'';
                start += isQuoted && !isHeader ? 1 : 0;
                return (start, EndOf(text, start, isHeader ? TokenCharacters : ValueEnds, isEnd: !isHeader));
        }
    }

    private static string? MarkerAt(string text, int at)
    {
        foreach (string marker in Markers)
        {
            if (text.AsSpan(at).StartsWith(marker, StringComparison.OrdinalIgnoreCase))
            {
                return marker;
            }
        }

        return null;
    }

    private static int EndOf(string text, int start, SearchValues<char> characters, bool isEnd)
    {
        ReadOnlySpan<char> rest = text.AsSpan(start);
        int length = isEnd ? rest.IndexOfAny(characters) : rest.IndexOfAnyExcept(characters);
        return length < 0 ? text.Length : start + length;
    }
}
