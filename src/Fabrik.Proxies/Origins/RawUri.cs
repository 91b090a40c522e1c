namespace Fabrik.Proxies.Origins;

/// <summary>
/// Addresses whose path and query go over the wire byte for byte: <c>//</c>, <c>..</c> and <c>%2F</c> stay.
/// </summary>
internal static class RawUri
{
    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>The address of a target at an authority.</summary>
    /// <param name="origin">Scheme and authority: <c>https://host:port</c>.</param>
    /// <param name="target">Path and query; begins with <c>/</c>.</param>
    public static Uri Of(string origin, string target) => new(origin + target, AsItIs);

    /// <summary>Scheme and authority of an endpoint.</summary>
    public static string OriginOf(Uri endpoint) => endpoint.GetLeftPart(UriPartial.Authority);

    /// <summary>What the targets of an endpoint begin with; empty for none.</summary>
    public static string PrefixOf(Uri endpoint) => endpoint.AbsolutePath.TrimEnd('/');
}
