using System.Collections.Concurrent;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Rpc;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;

namespace Fabrik.Server.Adapters.Bazel.Chunking;

/// <summary>
/// Says what chunks a blob is made of. Those of a blob that was not sent as chunks are made when somebody asks.
/// </summary>
internal sealed class BlobSplitter(RpcDoor door, BlobSpace blobs, ChunkLayouts layouts)
{
    private readonly RequestCheck _check = new(door);
    private readonly BlobCut _cut = new(door, blobs);

    // One for each blob that is being cut; there are no more than calls.
    private readonly ConcurrentDictionary<ArtifactId, TaskCompletionSource> _running = new();

    /// <summary>
    /// Answers with the layout that is known, if all of it is there, and else cuts the blob. Whatever function the
    /// client prefers: the specification leaves the choice to the server.
    /// </summary>
    public async ValueTask<SplitBlobResponse> SplitAsync(SplitBlobRequest request, BazelCall call)
    {
        var blob = _check.Digest(request.BlobDigest, "blob_digest");
        if (blob.Size <= ChunkLimit.MinChunk)
        {
            var whole = ChunkLayout.Whole(blob);
            return blob.IsEmpty || await IsCompleteAsync(whole, call) ? whole.ToMessage() : throw NotFound(blob);
        }

        var layout = await FindAsync(blob, call) ?? await CutOnceAsync(blob, call);
        return layout?.ToMessage() ?? throw NotFound(blob);
    }

    private async ValueTask<ChunkLayout?> FindAsync(BlobDigest blob, BazelCall call)
    {
        var found = await layouts.FindAsync(call.Principal, blob, call.Ended);
        if (found.TryGet(out var layout, out var error))
        {
            return layout is not null && await IsCompleteAsync(layout, call) ? layout : null;
        }

        // The blob says the same, if it can be read.
        door.Report(error);
        return null;
    }

    /// <summary>Whether the blob and all its chunks are there; their leases are extended by one question.</summary>
    private async ValueTask<bool> IsCompleteAsync(ChunkLayout layout, BazelCall call)
    {
        var asked = await blobs.ContainsAsync(call.Principal, [layout.Blob, .. layout.Chunks], call.Ended);
        return asked.TryGet(out var found, out var error) ? !found.Contains(false) : throw door.Fail(error);
    }

    /// <summary>Cuts a blob, unless another call does, whose work is then waited for.</summary>
    private async ValueTask<ChunkLayout?> CutOnceAsync(BlobDigest blob, BazelCall call)
    {
        var id = BlobSpace.IdOf(call.Principal, blob);
        TaskCompletionSource mine = new(TaskCreationOptions.RunContinuationsAsynchronously);
        while (_running.GetOrAdd(id, mine) is var running && running != mine)
        {
            await running.Task.WaitAsync(call.Ended);

            // It may have failed, or its client gone away: then it is the next one's turn.
            if (await FindAsync(blob, call) is { } layout)
            {
                return layout;
            }
        }

        try
        {
            return await CutAsync(blob, call);
        }
        finally
        {
            _running.TryRemove(id, out _);
            mine.SetResult();
        }
    }

    private async ValueTask<ChunkLayout?> CutAsync(BlobDigest blob, BazelCall call)
    {
        if (await _cut.RunAsync(blob, call) is not { } layout)
        {
            return null;
        }

        if (!await IsCompleteAsync(layout, call))
        {
            throw BlobCut.Unsplittable(blob, "chunks were evicted before it was cut to its end");
        }

        if ((await layouts.PutAsync(call.Principal, layout, call.Ended)).Error is { } fault)
        {
            // The answer is good all the same; the next call cuts again.
            door.Report(fault);
        }

        return layout;
    }

    private static RpcException NotFound(BlobDigest blob) =>
        new(new Status(StatusCode.NotFound, $"there is no blob {blob}"));
}
