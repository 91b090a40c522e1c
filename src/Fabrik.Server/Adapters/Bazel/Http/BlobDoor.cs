using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Server.Auth;
using Fabrik.Wire.Bazel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Server.Adapters.Bazel.Http;

/// <summary><c>/cas/{hash}</c>: blobs by their SHA-256, of which instances do not matter.</summary>
internal sealed class BlobDoor(ServerServices services)
{
    private readonly ToolDoor _door = new(services, BlobSpace.Tool, BazelHttpAnswers.Blobs);

    /// <summary>Maps GET, HEAD and PUT.</summary>
    public void Map(IEndpointRouteBuilder routes, string route)
    {
        routes.MapMethods(route, ["GET", "HEAD"], _door.Open("read", RespondAsync));
        routes.MapMethods(route, ["PUT"], _door.Open("write", ReceiveAsync));
    }

    private async ValueTask RespondAsync(HttpContext http, CachePrincipal principal)
    {
        var request = Read(http, principal);
        if (request.Key != BlobDigest.Empty.Hash)
        {
            await _door.Responder.RespondAsync(request);
        }
        else if (await _door.Responder.AdmitsAsync(request))
        {
            await _door.Responder.AnswerAsync(
                request, BazelHttp.Held(BlobSpace.IdOf(principal, BlobDigest.Empty), default));
        }
    }

    private async ValueTask ReceiveAsync(HttpContext http, CachePrincipal principal)
    {
        var request = Read(http, principal);
        var isEmpty = request.Key == BlobDigest.Empty.Hash;
        switch (ContentCoding.Of(http.Request))
        {
            case Coding.Unknown:
                _door.Faults.Refused("coding");
                await _door.Receiver.RefuseAsync(request, BazelHttpAnswers.UnknownBlobCoding);
                break;
            case Coding.Zstd:
                var upload = new ZstdUpload(http.Request, services.Options.MaxArtifactSize);
                await _door.Receiver.ReceiveAsync(request with
                {
                    Store = (frames, _, ended) => upload.StoreAsync(frames, (content, size) =>
                        isEmpty ? TakeNothingAsync(content, ended) : StoreAsync(request, content, size)),
                });
                break;
            default:
                await _door.Receiver.ReceiveAsync(request with
                {
                    Store = isEmpty ? (body, _, ended) => TakeNothingAsync(body, ended) : null,
                });
                break;
        }
    }

    // The empty blob is there without being stored.
    private static async ValueTask<CacheResult<PutOutcome>> TakeNothingAsync(
        PipeReader content, CancellationToken cancellationToken)
    {
        var read = await DocumentBody.ReadAsync(content, max: 0, announced: null, cancellationToken);
        return read.Error switch
        {
            null => PutOutcome.Identical,
            { Kind: CacheErrorKind.TooLarge } => CacheError.Client(
                CacheErrorKind.DigestMismatch, "the key is that of no bytes"),
            var error => error,
        };
    }

    private ValueTask<CacheResult<PutOutcome>> StoreAsync(ArtifactRequest request, PipeReader content, long? size) =>
        services.CacheOf(request.Principal).PutAsync(
            request.IdIn(request.WriteScope),
            content,
            new PutOptions
            {
                Metadata = new ArtifactMetadata { Tool = BlobSpace.Tool, Key = request.Key ?? "" },
                ExpectedSize = size,
                ExpectedDigest = request.Digest,
                MaxSize = services.Options.MaxArtifactSize,
            },
            request.Http.RequestAborted);

    private static ArtifactRequest Read(HttpContext http, CachePrincipal principal)
    {
        var hash = BazelHttp.HashOf(http.Request);
        return new ArtifactRequest
        {
            Http = http,
            Principal = principal,
            Namespace = BlobSpace.Namespace,
            OnlyScope = BlobSpace.Scope,
            Key = hash,
            Digest = ContentDigest.TryParse(hash, out var digest) ? digest : null,
        };
    }
}
