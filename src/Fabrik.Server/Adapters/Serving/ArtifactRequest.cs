using Fabrik.Cache.Artifacts;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.Serving;

/// <summary>What a tool asks for, in the cache's terms.</summary>
internal sealed record ArtifactRequest
{
    /// <summary>The request and where its answer goes.</summary>
    public required HttpContext Http { get; init; }

    /// <summary>Who asks.</summary>
    public required CachePrincipal Principal { get; init; }

    /// <summary>The namespace of the key.</summary>
    public required string Namespace { get; init; }

    /// <summary>The checked key, or <see langword="null"/> if what was sent is no key of this protocol.</summary>
    public required string? Key { get; init; }

    /// <summary>On a write: what the tool said of the artifact and wants back.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Properties { get; init; } = [];

    /// <summary>On a hit: adds headers of the protocol.</summary>
    public Action<HttpResponse, ArtifactInfo>? Decorate { get; init; }

    /// <summary>The id in one of the principal's scopes.</summary>
    public ArtifactId IdIn(string scope) => new ArtifactKey(Principal.Tenant, scope, Namespace, Key ?? "").ToId();
}
