using System.Text;

namespace Fabrik.Wire.Http.Caching;

/// <summary>
/// The form in which selecting fields are compared. RFC 9111, section 4.1, allows what does not change the meaning:
/// lines are joined, white space around commas goes, and lists of preferences have no order and, but for media types,
/// no case.
/// </summary>
internal static class SelectingValue
{
    /// <summary>The normalised value; null stays null, which is not the same as empty.</summary>
    public static string? Normalise(string name, string? value)
    {
        if (value is null)
        {
            return null;
        }

        var members = Members(value);
        if (IsPreference(name, out var hasCase))
        {
            for (var i = 0; i < members.Count; i++)
            {
                members[i] = WithoutSpaces(hasCase ? members[i] : members[i].ToLowerInvariant());
            }

            members.Sort(StringComparer.Ordinal);
        }

        return string.Join(',', members);
    }

    /// <summary>
    /// The one language that an <c>Accept-Language</c> prefers to all others, in lower case; null when there are more,
    /// or none (RFC 9110, section 12.5.4).
    /// </summary>
    public static string? PreferredLanguage(string value)
    {
        string? best = null;
        var (quality, isTied) = (0, false);
        foreach (var member in Members(value))
        {
            var semicolon = member.IndexOf(';', StringComparison.Ordinal);
            var language = (semicolon < 0 ? member : member[..semicolon]).Trim(' ', '\t');
            var weight = semicolon < 0 ? 1000 : Quality.Of(member.AsSpan(semicolon + 1));
            isTied = weight == quality ? isTied || best is not null : weight < quality && isTied;
            (best, quality) = weight > quality ? (language, weight) : (best, quality);
        }

        return isTied || best is null or "*" ? null : best.ToLowerInvariant();
    }

    private static bool IsPreference(string name, out bool hasCase)
    {
        hasCase = Is("Accept");
        return hasCase || Is("Accept-Language") || Is("Accept-Encoding") || Is("Accept-Charset");

        bool Is(string known) => name.Equals(known, StringComparison.OrdinalIgnoreCase);
    }

    private static List<string> Members(string value)
    {
        var members = new List<string>();
        var start = 0;
        var isQuoted = false;
        for (var i = 0; i <= value.Length; i++)
        {
            if (i < value.Length && (isQuoted || value[i] != ','))
            {
                isQuoted ^= value[i] == '"';
                i += isQuoted && value[i] == '\\' && i + 1 < value.Length ? 1 : 0;
                continue;
            }

            var member = value[start..Math.Min(i, value.Length)].Trim(' ', '\t');
            start = i + 1;
            if (member.Length > 0)
            {
                members.Add(member);
            }
        }

        return members;
    }

    private static string WithoutSpaces(string member)
    {
        if (member.AsSpan().IndexOfAny(' ', '\t') < 0 || member.Contains('"', StringComparison.Ordinal))
        {
            return member;
        }

        var text = new StringBuilder(member.Length);
        foreach (var character in member)
        {
            if (character is not (' ' or '\t'))
            {
                text.Append(character);
            }
        }

        return text.ToString();
    }
}
