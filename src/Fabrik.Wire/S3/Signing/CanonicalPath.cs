namespace Fabrik.Wire.S3.Signing;

/// <summary>The path of a canonical request.</summary>
internal static class CanonicalPath
{
    /// <summary>Appends the path as sent: for S3, which signs what is on the wire.</summary>
    public static void AppendAsSent(ref CanonicalBuffer to, ReadOnlySpan<char> rawPath) => to.Append(rawPath);

    /// <summary>
    /// Appends the path with every escape written in the one way that S3 does: for clients that send a path escaped in
    /// another way (<c>(</c> for <c>%28</c>) than they signed it. It names the same key. False for broken escapes.
    /// </summary>
    public static bool TryAppendReencoded(ref CanonicalBuffer to, ReadOnlySpan<char> rawPath)
    {
        var decoded = new CanonicalBuffer(stackalloc byte[512]);
        var isGood = true;
        while (isGood && !rawPath.IsEmpty)
        {
            // %2F stays apart from /: segments are decoded one by one.
            var slash = rawPath.IndexOf('/');
            var segment = slash < 0 ? rawPath : rawPath[..slash];
            decoded.Truncate(0);
            isGood = S3Uri.TryDecode(segment, plusIsSpace: false, ref decoded);
            to.AppendEncoded(decoded.Written, keepSlash: false);
            if (slash >= 0)
            {
                to.Append((byte)'/');
            }

            rawPath = slash < 0 ? default : rawPath[(slash + 1)..];
        }

        decoded.Dispose();
        return isGood;
    }

    /// <summary>Appends the path by the rules of all services but S3.</summary>
    public static void AppendGeneral(ref CanonicalBuffer to, ReadOnlySpan<char> rawPath, SignatureRules rules)
    {
        var path = new CanonicalBuffer(stackalloc byte[512]);
        path.Append(rules.NormalizePath ? Normalize(rawPath) : rawPath);
        if (rules.DoubleEncode)
        {
            to.AppendEncoded(path.Written, keepSlash: true);
        }
        else
        {
            to.Append(path.Written);
        }

        path.Dispose();
    }

    /// <summary>Takes out <c>.</c>, <c>..</c> and empty segments: RFC 3986, section 5.2.4.</summary>
    private static string Normalize(ReadOnlySpan<char> rawPath)
    {
        var segments = new List<string>();
        foreach (var range in rawPath.Split('/'))
        {
            var segment = rawPath[range];
            if (segment is "..")
            {
                segments.RemoveRange(Math.Max(segments.Count - 1, 0), Math.Min(segments.Count, 1));
            }
            else if (segment is not ("" or "."))
            {
                segments.Add(segment.ToString());
            }
        }

        var isFolder = segments.Count > 0 && rawPath[^1] == '/';
        return $"/{string.Join('/', segments)}{(isFolder ? "/" : "")}";
    }
}
