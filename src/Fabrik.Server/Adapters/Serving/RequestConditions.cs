using Fabrik.Cache.Artifacts;
using Fabrik.Wire.Http;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.Serving;

/// <summary>The conditional headers of requests, and the entity tags that they speak of.</summary>
internal static class RequestConditions
{
    /// <summary>The strong entity tag of an artifact: its digest.</summary>
    public static string TagOf(ArtifactInfo info) => $"\"{info.Digest}\"";

    /// <summary>The conditions of a request.</summary>
    public static Preconditions Of(HttpRequest request)
    {
        var headers = request.Headers;
        return new Preconditions
        {
            IfMatch = headers.IfMatch.ToString(),
            IfNoneMatch = headers.IfNoneMatch.ToString(),
            IfModifiedSince = headers.IfModifiedSince.ToString(),
            IfUnmodifiedSince = headers.IfUnmodifiedSince.ToString(),
            IfRange = headers.IfRange.ToString(),
        };
    }

    /// <summary>Whether a write must find nothing: <c>If-None-Match: *</c>.</summary>
    public static bool IsCreation(HttpRequest request) => request.Headers.IfNoneMatch is ["*"];
}
