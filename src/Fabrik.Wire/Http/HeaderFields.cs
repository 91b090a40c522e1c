namespace Fabrik.Wire.Http;

/// <summary>Looking things up in a list of field lines: RFC 9110, section 5.2 and 5.3.</summary>
public static class HeaderFields
{
    /// <summary>The value of the first line with this name, or null when there is none.</summary>
    public static string? First(this IReadOnlyList<HeaderField> fields, string name)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].Is(name))
            {
                return fields[i].Value;
            }
        }

        return null;
    }

    /// <summary>How many lines have this name.</summary>
    public static int CountOf(this IReadOnlyList<HeaderField> fields, string name)
    {
        var count = 0;
        for (var i = 0; i < fields.Count; i++)
        {
            count += fields[i].Is(name) ? 1 : 0;
        }

        return count;
    }

    /// <summary>
    /// The value of all lines with this name, joined by a comma and a space as section 5.3 says; null when there is
    /// none. Allocates only for a name of several lines.
    /// </summary>
    public static string? Joined(this IReadOnlyList<HeaderField> fields, string name)
    {
        string? joined = null;
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].Is(name))
            {
                joined = joined is null ? fields[i].Value : $"{joined}, {fields[i].Value}";
            }
        }

        return joined;
    }
}
