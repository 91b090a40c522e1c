using Fabrik.Cache;
using Fabrik.Server.Rpc;
using Fabrik.Server.Rpc.Chunks;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Chunks;
using Fabrik.Wire.Protos.Google.Bytestream;

namespace Fabrik.Server.Adapters.Bazel.ByteStream;

/// <summary>Serves Read: a blob, or its end, as it is or as one zstd frame.</summary>
internal sealed class BlobReads(RpcDoor door, BlobSpace blobs, ByteStreamMethods methods)
{
    private readonly RequestCheck _check = new(door);

    /// <summary>Sends what is asked for.</summary>
    public async Task SendAsync(
        ReadRequest request, IServerStreamWriter<ChunkMessage<ReadResponse>> stream, BazelCall call)
    {
        if (!ResourceName.TryParseRead(request.ResourceName, out var name, out var fault))
        {
            throw _check.Invalid(fault);
        }

        var range = RangeOf(request, name);
        await using var artifact = name.Digest.IsEmpty ? null : await OpenAsync(name.Digest, call);
        if (artifact is null && !name.Digest.IsEmpty)
        {
            call.Context.Status = new Status(StatusCode.NotFound, $"there is no blob {name.Digest}");
            return;
        }

        using var message = methods.ReadChunks.Rent();
        using var chunks = new ChunkWriter<ReadResponse>(stream, message);
        using var zstd = name.Coding == BlobCoding.Zstd ? new ZstdWriter(chunks, range.Length) : null;
        BodyWriter output = zstd is null ? chunks : zstd;
        try
        {
            await SendAsync(artifact, range, output, call);
        }
        finally
        {
            door.SentBytes(chunks.Sent);
        }
    }

    private async ValueTask<CachedArtifact?> OpenAsync(BlobDigest digest, BazelCall call)
    {
        var found = await blobs.OpenAsync(call.Principal, digest, call.Ended);
        if (!found.TryGet(out var artifact, out var error))
        {
            throw door.Fail(error);
        }

        if (artifact is null)
        {
            door.Miss();
        }
        else
        {
            door.Hit();
        }

        return artifact;
    }

    private async ValueTask SendAsync(
        CachedArtifact? artifact, (long Offset, long Length) range, BodyWriter output, BazelCall call)
    {
        if (artifact is null)
        {
            await output.FinishAsync(call.Ended);
        }
        else if ((await ArtifactSender.SendAsync(artifact, range, output, call.Ended)).Error is { } error)
        {
            throw door.Fail(error);
        }
    }

    private (long Offset, long Length) RangeOf(ReadRequest request, ResourceName name)
    {
        var (offset, limit, size) = (request.ReadOffset, request.ReadLimit, name.Digest.Size);
        if (offset < 0 || offset > size)
        {
            var failure = _check.Invalid($"read_offset is {offset}: expected 0 to {size}, the size of the blob");
            throw new RpcException(
                new Status(StatusCode.OutOfRange, failure.Status.Detail), failure.Trailers);
        }

        if (limit < 0)
        {
            throw _check.Invalid($"read_limit is {limit}: expected 0, for no limit, or more");
        }

        if (limit > 0 && name.Coding != BlobCoding.Identity)
        {
            throw _check.Invalid($"read_limit is {limit}: expected 0, since a compressed blob is read to its end");
        }

        return (offset, limit == 0 ? size - offset : Math.Min(limit, size - offset));
    }
}
