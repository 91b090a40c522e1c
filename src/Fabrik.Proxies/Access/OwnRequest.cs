using Microsoft.AspNetCore.Http;

namespace Fabrik.Proxies.Access;

/// <summary>
/// Goes with a request that this process makes of itself, to warm the cache: it needs no token, and no limit is for it.
/// It is an object in memory: nothing that a client sends becomes one.
/// </summary>
internal sealed class OwnRequest
{
    /// <summary>The only one that is needed.</summary>
    public static OwnRequest Mark { get; } = new();

    /// <summary>Whether a request is this process's own.</summary>
    public static bool Is(HttpContext http) => http.Features.Get<OwnRequest>() is not null;
}
