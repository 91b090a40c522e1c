namespace Fabrik.Wire.Http.Caching;

/// <summary>
/// What a request is for, byte for byte as it was sent: nothing is decoded, and no dot segment of it is removed,
/// because the origin may tell such targets apart.
/// </summary>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Authority">Host and, unless it is that of the scheme, port.</param>
/// <param name="PathAndQuery">The path, which begins with a slash, and the query.</param>
public readonly record struct RequestTarget(string Scheme, string Authority, string PathAndQuery)
{
    /// <summary>A longer reference is not followed; servers refuse such targets.</summary>
    public const int MaxReference = 16 * 1024;

    /// <summary>
    /// What a <c>Location</c> or <c>Content-Location</c> refers to (RFC 3986, section 5.2), if that is of the same
    /// origin (RFC 9110, section 4.3.1); else null.
    /// </summary>
    public string? ResolveSameOrigin(string reference)
    {
        reference = reference.Trim(' ', '\t');
        var fragment = reference.IndexOf('#', StringComparison.Ordinal);
        reference = fragment < 0 ? reference : reference[..fragment];
        if (reference.Length > MaxReference)
        {
            return null;
        }

        var colon = reference.AsSpan().IndexOfAny(":/?");
        if (colon > 0 && reference[colon] == ':')
        {
            return reference[..colon].Equals(Scheme, StringComparison.OrdinalIgnoreCase)
                && reference.AsSpan(colon + 1).StartsWith("//", StringComparison.Ordinal)
                ? ResolveAuthority(reference[(colon + 3)..])
                : null;
        }

        return reference switch
        {
            ['/', '/', ..] => ResolveAuthority(reference[2..]),
            ['/', ..] => WithoutDotSegments(reference),
            [] => PathAndQuery,
            ['?', ..] => Path() + reference,
            _ => WithoutDotSegments(Directory() + reference),
        };
    }

    private string? ResolveAuthority(string rest)
    {
        var end = rest.AsSpan().IndexOfAny("/?");
        var authority = end < 0 ? rest : rest[..end];
        if (!WithoutPort(authority).Equals(WithoutPort(Authority), StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return end < 0 ? "/" : WithoutDotSegments(rest[end] == '/' ? rest[end..] : "/" + rest[end..]);
    }

    private string WithoutPort(string authority)
    {
        var port = Scheme.Equals("https", StringComparison.OrdinalIgnoreCase) ? ":443" : ":80";
        return authority.EndsWith(port, StringComparison.Ordinal) ? authority[..^port.Length] : authority.TrimEnd(':');
    }

    private string Path()
    {
        var query = PathAndQuery.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? PathAndQuery : PathAndQuery[..query];
    }

    private string Directory()
    {
        var path = Path();
        return path[..(path.LastIndexOf('/') + 1)];
    }

    /// <summary>RFC 3986, section 5.2.4; only of references, never of targets.</summary>
    private static string WithoutDotSegments(string pathAndQuery)
    {
        var query = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? pathAndQuery : pathAndQuery[..query];
        if (!path.Contains("/.", StringComparison.Ordinal))
        {
            return pathAndQuery;
        }

        var kept = new List<string>();
        var segments = path.Split('/');
        for (var i = 1; i < segments.Length; i++)
        {
            var isDot = segments[i] is "." or "..";
            if (segments[i] == ".." && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }

            if (!isDot)
            {
                kept.Add(segments[i]);
            }
            else if (i == segments.Length - 1)
            {
                kept.Add(string.Empty);
            }
        }

        return "/" + string.Join('/', kept) + (query < 0 ? string.Empty : pathAndQuery[query..]);
    }
}
