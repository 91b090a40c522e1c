namespace Fabrik.Wire.Http.Caching;

/// <summary>Which fields of a response are stored: RFC 9111, section 3.1.</summary>
public static class StoredFields
{
    private static readonly HashSet<string> HopByHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authentication-Info",
        "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    /// <summary>
    /// Whether a field speaks of the connection only, and goes no further than its other end: RFC 9110, section 7.6.1,
    /// and the fields about proxies, which are of one hop too.
    /// </summary>
    public static bool IsHopByHop(string name) => HopByHop.Contains(name);

    /// <summary>
    /// The fields without those of the connection, those that <c>Connection</c> lists, and those that
    /// <c>no-cache="…"</c> or <c>private="…"</c> keep for the client that asked.
    /// </summary>
    public static IReadOnlyList<HeaderField> Select(
        IReadOnlyList<HeaderField> headers, ResponseDirectives directives)
    {
        var left = new HashSet<string>(directives.UnstoredFields, StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < headers.Count; i++)
        {
            if (headers[i].Is("Connection"))
            {
                left.UnionWith(headers[i].Value.Split(
                    ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
            }
        }

        return [.. headers.Where(field => !IsHopByHop(field.Name) && !left.Contains(field.Name))];
    }
}
