using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fabrik.Proxies.Serving;

/// <summary>The target of a request as its bytes came; what ASP.NET makes of it is decoded and collapsed.</summary>
internal static class RawTarget
{
    /// <summary>Path and query, beginning with <c>/</c>; null for <c>*</c> and for an authority.</summary>
    public static string? Of(HttpContext context)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (raw.StartsWith('/'))
        {
            return raw;
        }

        // The absolute form, which a client sends to what it takes for a forward proxy: RFC 9112, section 3.2.2.
        var scheme = raw.IndexOf("://", StringComparison.Ordinal);
        if (scheme <= 0)
        {
            return null;
        }

        var path = raw.AsSpan(scheme + 3).IndexOfAny('/', '?');
        var rest = path < 0 ? "/" : raw[(scheme + 3 + path)..];
        return rest.StartsWith('?') ? "/" + rest : rest;
    }

    /// <summary>The target without some parameters of its query.</summary>
    public static string Without(string target, IReadOnlyList<string> parameters)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        if (question < 0 || parameters.Count == 0)
        {
            return target;
        }

        var kept = target[(question + 1)..].Split('&').Where(parameter =>
            !parameters.Contains(parameter.Split('=', 2)[0], StringComparer.Ordinal));
        var query = string.Join('&', kept);
        return query.Length == 0 ? target[..question] : $"{target[..question]}?{query}";
    }
}
