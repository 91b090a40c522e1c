using Fabrik.Cache;
using Fabrik.Server.Rpc;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;

namespace Fabrik.Server.Adapters.Bazel.Chunking;

/// <summary>Makes blobs of the chunks that clients have sent before.</summary>
/// <param name="door">Counts what fails.</param>
/// <param name="blobs">Where blobs and chunks are.</param>
/// <param name="layouts">Where it is kept what a blob was made of.</param>
/// <param name="maxSize">The most bytes that a blob may have.</param>
internal sealed class BlobSplicer(RpcDoor door, BlobSpace blobs, ChunkLayouts layouts, long maxSize)
{
    private const int MissingShown = 5;

    private readonly RequestCheck _check = new(door);

    /// <summary>
    /// A splice lives so: (1) the sizes are added up; (2) one question finds the blob, which is the end, or its chunks,
    /// whose leases it extends; (3) their bytes are stored as the blob, if they have its digest; (4) what it was made
    /// of is kept, now that it is proven.
    /// </summary>
    public async ValueTask<SpliceBlobResponse> SpliceAsync(SpliceBlobRequest request, BazelCall call)
    {
        // (1)
        var layout = LayoutOf(request);
        var response = new SpliceBlobResponse { BlobDigest = layout.Blob.ToMessage() };
        if (layout.Blob.IsEmpty)
        {
            return response;
        }

        // (2)
        if (await IsThereAsync(layout, call))
        {
            return response;
        }

        // (3)
        var concatenation = new ChunkConcatenation(blobs, call.Principal, layout);
        var stored = await concatenation.StoreAsync(call.Ended);
        if (stored.Error is { } error)
        {
            throw concatenation.Missing is { } missing ? NotFound([missing]) : door.Fail(error);
        }

        // (4)
        if (layout.IsForEverybody
            && (await layouts.PutAsync(call.Principal, layout, call.Ended)).Error is { } fault)
        {
            // The blob is there; it is cut when somebody asks for its chunks.
            door.Report(fault);
        }

        return response;
    }

    private ChunkLayout LayoutOf(SpliceBlobRequest request)
    {
        var blob = _check.Digest(request.BlobDigest, "blob_digest");
        if (blob.Size > maxSize)
        {
            throw door.Fail(CacheError.Client(
                CacheErrorKind.TooLarge, $"the blob has {blob.Size} bytes: expected {maxSize} at most"));
        }

        return ChunkLayout.TryRead(request.ChunkDigests, blob, out var chunks, out var error)
            ? new ChunkLayout(blob, chunks, request.ChunkingFunction)
            : throw _check.Invalid($"chunk_digests: {error}");
    }

    /// <summary>
    /// Whether the blob is there already. What the client says that it is made of is not kept then: nobody has proven
    /// it, and others would be told.
    /// </summary>
    private async ValueTask<bool> IsThereAsync(ChunkLayout layout, BazelCall call)
    {
        var asked = await blobs.ContainsAsync(call.Principal, [layout.Blob, .. layout.Chunks], call.Ended);
        if (!asked.TryGet(out var found, out var error))
        {
            throw door.Fail(error);
        }

        return found[0] || (found.AsSpan(1).Contains(false)
            ? throw NotFound([.. layout.Chunks.Where((_, i) => !found[i + 1]).Distinct()])
            : false);
    }

    private static RpcException NotFound(IReadOnlyList<BlobDigest> missing)
    {
        var shown = string.Join(", ", missing.Take(MissingShown));
        var others = missing.Count > MissingShown ? $" and {missing.Count - MissingShown} others" : "";
        return new RpcException(new Status(StatusCode.NotFound, $"there are no chunks {shown}{others}"));
    }
}
