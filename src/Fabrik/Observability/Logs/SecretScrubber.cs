using System.Buffers;
using System.Text;

namespace Fabrik.Observability.Logs;

/// <summary>
/// Takes out of a line what looks like a secret. The second line of defence: no message is given a secret on purpose, but
/// an exception of a library may quote a header or an address.
/// </summary>
internal static class SecretScrubber
{
    private const string Stars = "***";

    // What a secret follows upon. "eyJ" begins every JSON Web Token: Base64 of {"
    private static readonly string[] Markers =
        ["Bearer ", "Basic ", "token=", "password=", "secret=", "signature=", "X-Amz-Signature=", "X-Amz-Security-Token=", "eyJ"];

    private static readonly SearchValues<string> AnyMarker =
        SearchValues.Create(Markers, StringComparison.OrdinalIgnoreCase);

    // What a token is made of: the alphabets of Base64 and Base64url, the dots between, and escapes in addresses.
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=.~%");

    /// <summary>The text with stars in the place of secrets; the same object where there are none.</summary>
    public static string Scrub(string text)
    {
        int at = text.AsSpan().IndexOfAny(AnyMarker);
        return at < 0 ? text : ScrubFrom(text, at);
    }

    private static string ScrubFrom(string text, int at)
    {
        StringBuilder clean = new(text.Length);
        int from = 0;
        while (at >= 0)
        {
            int start = from + at;
            string marker = Markers.First(
                marker => text.AsSpan(start).StartsWith(marker, StringComparison.OrdinalIgnoreCase));
            int secret = marker == "eyJ" ? start : start + marker.Length;
            int length = text.AsSpan(secret).IndexOfAnyExcept(TokenCharacters);
            int end = length < 0 ? text.Length : secret + length;
            bool isSecret = end > secret && (marker != "eyJ" || text.AsSpan(secret, end - secret).Contains('.'));
            clean.Append(text, from, secret - from).Append(isSecret ? Stars : text.AsSpan(secret, end - secret));
            from = end;
            at = text.AsSpan(from).IndexOfAny(AnyMarker);
        }

        return clean.Append(text, from, text.Length - from).ToString();
    }
}
