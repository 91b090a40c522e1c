using System.IO.Pipelines;
using Fabrik.Cache;
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

    /// <summary>
    /// The one scope of keys that name their content, whoever asks; <see langword="null"/> for the principal's own.
    /// </summary>
    public string? OnlyScope { get; init; }

    /// <summary>On a write: the digest that the body must have, where the key says it.</summary>
    public ContentDigest? Digest { get; init; }

    /// <summary>
    /// On a write: stores the body, which has the announced digest, in another way than as it comes;
    /// <c>Content-Encoding</c> is then its matter.
    /// </summary>
    public Func<PipeReader, ContentDigest?, CancellationToken, ValueTask<CacheResult<PutOutcome>>>? Store { get; init; }

    /// <summary>On a hit: the type of the body.</summary>
    public string ContentType { get; init; } = "application/octet-stream";

    /// <summary>On a hit: adds headers of the protocol.</summary>
    public Action<HttpResponse, ArtifactInfo>? Decorate { get; init; }

    /// <summary>The scopes that are read from, in order.</summary>
    public IReadOnlyList<string> ReadScopes => OnlyScope is { } only ? [only] : Principal.ReadScopes;

    /// <summary>The scope that is written to.</summary>
    public string WriteScope => OnlyScope ?? Principal.WriteScope;

    /// <summary>The id in one of the scopes.</summary>
    public ArtifactId IdIn(string scope) => new ArtifactKey(Principal.Tenant, scope, Namespace, Key ?? "").ToId();
}
