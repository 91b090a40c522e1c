using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Admin;

/// <summary>
/// Requests that a page has made its browser send. Operators use programs; a page of anybody's could change a server
/// that only this machine reaches and that asks for no token, since a browser sends a plain POST without asking.
/// </summary>
internal static class PageRequests
{
    /// <summary>What they are told.</summary>
    public const string Refusal = "changes are not taken from web pages";

    /// <summary>
    /// Whether a request would change something, and a page has sent it (Fetch standard, section 3.2).
    /// </summary>
    public static bool IsChange(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
        && (request.Headers.Origin.Count > 0 || request.Headers.ContainsKey("Sec-Fetch-Site"));
}
