using System.Security.Cryptography;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local.Blobs;
using Fabrik.Wire.Bazel;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Server.Adapters.Bazel.Http;

/// <summary>
/// Bazel's HTTP cache, <c>--remote_cache=http://…</c>: blobs under <c>/cas/</c> and action results under <c>/ac/</c>,
/// both the same as those of the Remote Execution API. See docs/protocols/bazel.md.
/// </summary>
internal static class BazelHttp
{
    /// <summary>The type of what is protobuf, or anything.</summary>
    public const string OctetStream = "application/octet-stream";

    /// <summary>Maps the routes; <see cref="BazelInstances"/> must have taken the instances off.</summary>
    public static void Map(IEndpointRouteBuilder routes, ServerServices services)
    {
        new BlobDoor(services).Map(routes, "/cas/{hash}");
        new ActionDoor(services).Map(routes, "/ac/{hash}");
    }

    /// <summary>Bytes that are answered with, but do not lie in the cache as they are.</summary>
    public static MemoryArtifact Held(ArtifactId id, ReadOnlyMemory<byte> bytes) => new(
        new ArtifactInfo
        {
            Id = id,
            Digest = new ContentDigest(SHA256.HashData(bytes.Span)),
            Size = bytes.Length,
            Metadata = new ArtifactMetadata { Tool = BlobSpace.Tool },
            CreatedAt = DateTimeOffset.UnixEpoch,
        },
        bytes);

    /// <summary>The hash of a request; <see langword="null"/> if what stands there is none.</summary>
    public static string? HashOf(HttpRequest request) =>
        request.RouteValues["hash"] is string hash && BlobDigest.IsHash(hash) ? hash : null;
}
