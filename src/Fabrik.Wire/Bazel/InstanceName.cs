using System.Text;

namespace Fabrik.Wire.Bazel;

/// <summary>
/// The names of instances, by which clients tell apart caches on one server: empty, or segments between slashes. The
/// Remote Execution API forbids the segments that names of resources are recognised by; the rest is the server's.
/// </summary>
public static class InstanceName
{
    /// <summary>UTF-16 units of a name.</summary>
    public const int MaxLength = 256;

    private const string Expected = "expected none, or segments between slashes";

    /// <summary>Whether an instance can have this name; the error says why not.</summary>
    public static bool IsValid(ReadOnlySpan<char> name, out string error)
    {
        error = name.IsEmpty ? "" : Check(name);
        return error.Length == 0;
    }

    /// <summary>Whether the API forbids a segment.</summary>
    internal static bool IsReserved(ReadOnlySpan<char> segment) =>
        segment is "blobs" or "uploads" or "actions" or "actionResults" or "operations" or "capabilities"
            or "compressed-blobs";

    /// <summary>
    /// The first character that would not come out of a log or a key as it went in, as U+0000; mostly
    /// <see langword="null"/>. Halves of a pair of surrogates are U+FFFD.
    /// </summary>
    internal static string? FindNoText(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAnyExceptInRange(' ', '~'))
        {
            return null;
        }

        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || rune == Rune.ReplacementChar)
            {
                return $"U+{rune.Value:X4}";
            }
        }

        return null;
    }

    private static string Check(ReadOnlySpan<char> name)
    {
        if (name.Length > MaxLength)
        {
            return $"the instance name has {name.Length} characters: expected {MaxLength} at most";
        }

        if (FindNoText(name) is { } character)
        {
            return $"the instance name has the character {character}: expected readable ones";
        }

        foreach (var range in name.Split('/'))
        {
            if (CheckSegment(name[range]) is { Length: > 0 } error)
            {
                return $"the instance name \"{name}\" {error}";
            }
        }

        return "";
    }

    private static string CheckSegment(ReadOnlySpan<char> segment) => segment switch
    {
        "" => $"has an empty segment: {Expected}",
        "." or ".." => $"has the segment \"{segment}\", which paths lose: {Expected}",
        _ when IsReserved(segment) => $"has the segment \"{segment}\", which the Remote Execution API reserves",
        _ => "",
    };
}
