using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fabrik.Server.Adapters.Http;

/// <summary>What stands behind a prefix such as <c>/http/</c>.</summary>
/// <param name="Path">The decoded path, without slashes at its ends; empty for the root.</param>
/// <param name="IsCollection">Whether it ends with a slash, or is the root.</param>
internal readonly record struct HttpPath(string Path, bool IsCollection)
{
    private const int MaxBytes = 1024;

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

        var prefix = target[1..].IndexOf('/');
        if (prefix < 0)
        {
            return new HttpPath("", IsCollection: true);
        }

        return Check(Uri.UnescapeDataString(target[(prefix + 2)..]));
    }

    private static HttpPath? Check(string path)
    {
        var isCollection = path.Length == 0 || path.EndsWith('/');
        path = path.EndsWith('/') ? path[..^1] : path;
        if (path.Length == 0)
        {
            return isCollection ? new HttpPath("", IsCollection: true) : null;
        }

        if (Encoding.UTF8.GetByteCount(path) > MaxBytes)
        {
            return null;
        }

        foreach (var character in path)
        {
            if (char.IsControl(character) || character == '\uFFFD')
            {
                return null;
            }
        }

        foreach (var range in path.AsSpan().Split('/'))
        {
            if (path.AsSpan()[range] is "" or "." or "..")
            {
                return null;
            }
        }

        return new HttpPath(path, isCollection);
    }
}
