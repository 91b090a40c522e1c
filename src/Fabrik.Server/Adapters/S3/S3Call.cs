using Fabrik.Cache.Artifacts;
using Fabrik.Server.Adapters.S3.Objects;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Server.Auth;
using Fabrik.Wire.S3;
using Fabrik.Wire.S3.Signing;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.S3;

/// <summary>One request, as far as it is known by now.</summary>
internal sealed class S3Call(HttpContext http, S3Options options)
{
    /// <summary>The namespace of objects.</summary>
    public const string Namespace = "s3";

    private CountingReader? _body;
    private WriteCondition? _condition;

    /// <summary>The request and where its answer goes.</summary>
    public HttpContext Http => http;

    /// <summary>What holds for this request from its beginning to its end.</summary>
    public S3Options Options => options;

    /// <summary>What the request names.</summary>
    public S3Target Target { get; set; }

    /// <summary>The bucket, once it is known that there is one.</summary>
    public S3Bucket Bucket { get; set; } = null!;

    /// <summary>Who asks.</summary>
    public CachePrincipal Principal { get; set; } = CachePrincipal.Anonymous;

    /// <summary>What the signature says; <see langword="null"/> without one.</summary>
    public SignatureClaims? Claims { get; set; }

    /// <summary>The chain of chunk signatures, where the signature was verified.</summary>
    public Func<ChunkSigner>? Chunks { get; set; }

    /// <summary>What a write needs to be there, or not; <see langword="null"/> where it does not matter.</summary>
    public WriteCondition? Condition => _condition ??= WriteCondition.Of(http.Request, ObjectMetadata.TagOf);

    /// <summary>The request's number in answers, and in what a user reports.</summary>
    public string RequestId { get; } = Random.Shared.NextInt64().ToString("X16", null);

    /// <summary>The body, which knows whether it was asked for.</summary>
    public CountingReader Body => _body ??= new CountingReader(http.Request.BodyReader);

    /// <summary>Whether the body was asked for.</summary>
    public bool WasBodyAsked => _body?.WasAsked ?? false;

    /// <summary>Whether the body cannot be read any more.</summary>
    public bool IsBodyBroken => _body?.IsBroken ?? false;

    /// <summary>Ends when the client goes away.</summary>
    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>The first value of a header; <see langword="null"/> if it is not there.</summary>
    public string? Header(string name) => http.Request.Headers.TryGetValue(name, out var value) ? value[0] : null;

    /// <summary>The id of an object in one of the scopes.</summary>
    public ArtifactId IdOf(string scope, string bucket, string key) =>
        new ArtifactKey(Principal.Tenant, scope, Namespace, $"{bucket}/{key}").ToId();

    /// <summary>The id of the object that is written to.</summary>
    public ArtifactId WriteId => IdOf(Principal.WriteScope, Bucket.Name, Target.Key);

    /// <summary>The collection of the bucket's objects in the scope that is written to.</summary>
    public string Listing => S3Listings.Of("s3", Principal, Bucket.Name);
}
