using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Transport;

/// <summary>
/// Refuses requests whose body has a transfer coding other than one <c>chunked</c>. Kestrel takes <c>gzip, chunked</c>
/// and <c>chunked, chunked</c> for chunked and hands on what was coded underneath: it would be stored as it is, and a
/// proxy in front might see another end of the body (RFC 9112, sections 6.1 and 11.2).
/// </summary>
public static class PlainFraming
{
    /// <summary>Adds the check, to come before anything that reads a body.</summary>
    public static IApplicationBuilder UsePlainFraming(this IApplicationBuilder application)
    {
        ArgumentNullException.ThrowIfNull(application);
        return application.Use(static (context, next) =>
        {
            var codings = context.Request.Headers.TransferEncoding;
            return codings.Count == 0 || (codings is [{ } only] && IsChunked(only)) ? next(context) : Refuse(context);
        });
    }

    private static bool IsChunked(string coding) =>
        string.Equals(coding, "chunked", StringComparison.OrdinalIgnoreCase);

    private static Task Refuse(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status501NotImplemented;
        context.Response.Headers.Connection = "close";
        return context.Response.WriteAsync("Transfer-Encoding: expected chunked, once");
    }
}
