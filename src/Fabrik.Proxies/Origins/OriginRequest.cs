using Fabrik.Wire.Http;

namespace Fabrik.Proxies.Origins;

/// <summary>What an origin is asked.</summary>
internal sealed record OriginRequest
{
    /// <summary>The method.</summary>
    public required string Method { get; init; }

    /// <summary>Path and query as they go over the wire behind the replica's own; begins with <c>/</c>.</summary>
    public required string Target { get; init; }

    /// <summary>The end-to-end headers, without <c>Host</c>.</summary>
    public IReadOnlyList<HeaderField> Headers { get; init; } = [];

    /// <summary>What is sent with it; a request with a body is sent once.</summary>
    public HttpContent? Body { get; init; }

    /// <summary>Whether it can be sent again without harm.</summary>
    public bool IsRepeatable => Body is null && Method is "GET" or "HEAD" or "OPTIONS";
}
