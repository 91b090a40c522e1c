using System.Globalization;
using System.Text.Json;

namespace Fabrik.Server.Auth.Tokens;

/// <summary>
/// Claims that become a part of ids, prefixes and logs: short, printable, and no path that leads elsewhere.
/// </summary>
internal static class ClaimText
{
    /// <summary>Reads a tenant or scope: a string, or a whole number, as project ids often are.</summary>
    public static bool TryRead(JsonElement claim, out string text)
    {
        text = "";
        if (claim.ValueKind == JsonValueKind.Number && claim.TryGetInt64(out var number))
        {
            text = number.ToString(CultureInfo.InvariantCulture);
            return true;
        }

        if (!StrictJson.TryGetText(claim, out var value) || !IsName(value))
        {
            return false;
        }

        text = value;
        return true;
    }

    /// <summary>
    /// Whether a text can name a tenant or a scope: <c>proj_456</c>, <c>refs/heads/main</c>, <c>a|b@c</c>.
    /// </summary>
    public static bool IsName(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > AuthLimits.ClaimLength)
        {
            return false;
        }

        foreach (var character in text)
        {
            if (!char.IsLetterOrDigit(character) && !"-._~:/@+=|#!,()[]".Contains(character))
            {
                return false;
            }
        }

        foreach (var part in text.Split('/'))
        {
            if (text[part] is "" or "." or "..")
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a subject can be logged as it is.</summary>
    public static bool IsSubject(string text)
    {
        if (text.Length > AuthLimits.ClaimLength)
        {
            return false;
        }

        foreach (var character in text)
        {
            if (char.IsControl(character))
            {
                return false;
            }
        }

        return true;
    }
}
