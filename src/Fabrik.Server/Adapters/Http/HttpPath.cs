using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fabrik.Server.Adapters.Http;

/// <summary>What stands behind a prefix such as <c>/http/</c>.</summary>
/// <param name="Path">The decoded path, without slashes at its ends; empty for the root.</param>
/// <param name="IsCollection">Whether it ends with a slash, or is the root.</param>
internal readonly record struct HttpPath(string Path, bool IsCollection)
{
    private const int MaxBytes = 1024;

    /// <summary>Every byte escaped, and room for the prefix.</summary>
    private const int MaxEscaped = (3 * MaxBytes) + 64;

    /// <summary>
    /// Reads the path from the request line itself: what routing sees has its dot segments resolved and its escapes
    /// undone in part, so that different paths could become one key.
    /// </summary>
    /// <returns>The path, or <see langword="null"/> if it is not acceptable.</returns>
    public static HttpPath? Read(HttpContext http)
    {
        var raw = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        return Parse(raw);
    }

    /// <summary>Reads the target of a request, in origin or absolute form, whose first segment is the prefix.</summary>
    internal static HttpPath? Parse(ReadOnlySpan<char> target)
    {
        var end = target.IndexOf('?');
        target = end < 0 ? target : target[..end];
        if (!target.StartsWith("/"))
        {
            var authority = target.IndexOf("://", StringComparison.Ordinal);
            var slash = authority < 0 ? -1 : target[(authority + 3)..].IndexOf('/');
            if (slash < 0)
            {
                return null;
            }

            target = target[(authority + 3 + slash)..];
        }

        // sccache joins with a slash of its own: an endpoint that ends with one gives two, which are one prefix.
        var first = target[1..].IndexOf('/') + 1;
        if (first > 0 && target[first..].StartsWith("//"))
        {
            target = string.Concat(target[..first], target[(first + 1)..]);
        }

        // The whole of it is checked: with a dot segment in front, the prefix would not be the one that routing saw.
        if (!TryDecode(target[1..], out var path) || !AreSegmentsNames(path))
        {
            return null;
        }

        var prefix = path.IndexOf('/');
        path = prefix < 0 ? "" : path[(prefix + 1)..];
        var isCollection = path.Length == 0 || path.EndsWith('/');
        path = path.EndsWith('/') ? path[..^1] : path;
        return Encoding.UTF8.GetByteCount(path) <= MaxBytes ? new HttpPath(path, isCollection) : null;
    }

    // Strictly, unlike Uri: an escape that is none would be kept as it is, and be the same key as its own escaped form.
    private static bool TryDecode(ReadOnlySpan<char> escaped, out string path)
    {
        path = "";
        if (escaped.Length > MaxEscaped)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[MaxEscaped];
        var count = 0;
        for (var i = 0; i < escaped.Length; i++)
        {
            var character = escaped[i];
            if (character == '%')
            {
                var hex = escaped[(i + 1)..Math.Min(i + 3, escaped.Length)];
                if (hex.Length < 2
                    || Convert.FromHexString(hex, bytes[count..], out _, out _) != OperationStatus.Done)
                {
                    return false;
                }

                i += 2;
            }
            else if (char.IsAscii(character))
            {
                bytes[count] = (byte)character;
            }
            else
            {
                return false;
            }

            count++;
        }

        if (!Utf8.IsValid(bytes[..count]))
        {
            return false;
        }

        path = Encoding.UTF8.GetString(bytes[..count]);
        return !path.Any(char.IsControl);
    }

    private static bool AreSegmentsNames(string path)
    {
        var names = path.AsSpan();
        names = names.EndsWith("/") ? names[..^1] : names;
        foreach (var range in names.Split('/'))
        {
            if (names[range] is "" or "." or "..")
            {
                return false;
            }
        }

        return true;
    }
}
