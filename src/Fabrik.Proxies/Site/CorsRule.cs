using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Fabrik.Proxies.Site;

/// <summary>
/// What pages of other origins may do with a bucket: the CORS protocol of the Fetch standard, section 3.3.
/// </summary>
public sealed record CorsRule
{
    /// <summary>The origins: <c>https://app.example.com</c>, with one star in it, or <c>*</c> for any.</summary>
    public required IReadOnlyList<string> Origins { get; init; }

    /// <summary>The methods.</summary>
    public IReadOnlyList<string> Methods { get; init; } = ["GET", "HEAD"];

    /// <summary>The request headers; <c>*</c> for any.</summary>
    public IReadOnlyList<string> RequestHeaders { get; init; } = ["*"];

    /// <summary>The response headers that pages may read.</summary>
    public IReadOnlyList<string> ExposedHeaders { get; init; } = [];

    /// <summary>Whether cookies and the like may come along.</summary>
    public bool AllowsCredentials { get; init; }

    /// <summary>How long the answer to a preflight may be remembered.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(1);

    private bool IsForAll => !AllowsCredentials && Origins.Contains("*", StringComparer.Ordinal);

    /// <summary>Whether a request asks what may be done, before it is done.</summary>
    public static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method)
        && request.Headers.Origin.Count == 1
        && request.Headers.AccessControlRequestMethod.Count == 1;

    /// <summary>
    /// Answers a preflight with 204. One that asks for more than is allowed gets no permission in it, which is how the
    /// standard refuses.
    /// </summary>
    public void AnswerPreflight(HttpContext http)
    {
        var (request, response) = (http.Request, http.Response);
        response.StatusCode = StatusCodes.Status204NoContent;
        response.Headers.Vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
        if (!Methods.Contains(request.Headers.AccessControlRequestMethod[0], StringComparer.Ordinal)
            || !MaySend(request.Headers.AccessControlRequestHeaders)
            || !TryAllowOrigin(http))
        {
            return;
        }

        response.Headers.AccessControlAllowMethods = string.Join(", ", Methods);
        if (request.Headers.AccessControlRequestHeaders is { Count: > 0 } asked)
        {
            response.Headers.AccessControlAllowHeaders = asked;
        }

        response.Headers.AccessControlMaxAge = $"{(long)MaxAge.TotalSeconds}";
    }

    /// <summary>Writes what a page may do with an answer, in the place of what the origin says of it.</summary>
    public void Write(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.Remove("Access-Control-Allow-Origin");
        headers.Remove("Access-Control-Allow-Credentials");
        headers.Remove("Access-Control-Expose-Headers");
        if (!IsForAll)
        {
            // Also without an origin in the request: a cache must not give that answer to a page.
            headers.Append("Vary", "Origin");
        }

        if (TryAllowOrigin(http) && ExposedHeaders.Count > 0)
        {
            headers.AccessControlExposeHeaders = string.Join(", ", ExposedHeaders);
        }
    }

    private bool TryAllowOrigin(HttpContext http)
    {
        if (http.Request.Headers.Origin is not [{ Length: > 0 } origin] || !Origins.Any(rule => Matches(rule, origin)))
        {
            return false;
        }

        http.Response.Headers.AccessControlAllowOrigin = IsForAll ? "*" : origin;
        if (AllowsCredentials)
        {
            http.Response.Headers.AccessControlAllowCredentials = "true";
        }

        return true;
    }

    private bool MaySend(StringValues asked)
    {
        if (RequestHeaders.Contains("*", StringComparer.Ordinal))
        {
            return true;
        }

        var names = string.Join(',', asked.AsEnumerable())
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.All(name => RequestHeaders.Contains(name, StringComparer.OrdinalIgnoreCase));
    }

    private static bool Matches(string rule, string origin)
    {
        var star = rule.IndexOf('*', StringComparison.Ordinal);
        if (star < 0)
        {
            return rule == origin;
        }

        // What the star stands for is part of a host: it reaches over neither a scheme nor a port.
        return origin.Length > rule.Length - 1
            && origin.StartsWith(rule.AsSpan(0, star), StringComparison.Ordinal)
            && origin.EndsWith(rule.AsSpan(star + 1), StringComparison.Ordinal)
            && (rule == "*" || !origin.AsSpan(star, origin.Length - rule.Length + 1).ContainsAny('/', ':'));
    }
}
