using System.Threading.Channels;
using Fabrik.Cache;
using Fabrik.Server.Rpc;
using Fabrik.Server.Rpc.Chunks;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Function = Fabrik.Wire.Protos.Bazel.V2.ChunkingFunction.Types.Value;

namespace Fabrik.Server.Adapters.Bazel.Chunking;

/// <summary>Cuts a blob that is there by its content, and stores the chunks that are not.</summary>
internal sealed class BlobCut(RpcDoor door, BlobSpace blobs)
{
    // As many places as blobs are cut at a time: who is in has written one, and takes it out again.
    private readonly Channel<BlobDigest> _places = Channel.CreateBounded<BlobDigest>(ChunkLimit.Cuts);

    /// <summary>The chunks, all of which have been stored; <see langword="null"/> if there is no such blob.</summary>
    public async ValueTask<ChunkLayout?> RunAsync(BlobDigest blob, BazelCall call)
    {
        if (blob.Size > ChunkLimit.Blob)
        {
            throw Unsplittable(blob, $"only blobs of at most {ChunkLimit.Blob} bytes are");
        }

        await _places.Writer.WriteAsync(blob, call.Ended);
        try
        {
            var opened = await blobs.OpenAsync(call.Principal, blob, call.Ended);
            if (!opened.TryGet(out var artifact, out var error))
            {
                throw door.Fail(error);
            }

            if (artifact is null)
            {
                return null;
            }

            await using (artifact)
            {
                return await CutAsync(artifact, blob, call);
            }
        }
        finally
        {
            _places.Reader.TryRead(out _);
        }
    }

    /// <summary>
    /// What is thrown where the blob is there and its chunks cannot be: clients then read it as a whole, while every
    /// other status would make their build fail, or wait.
    /// </summary>
    public static RpcException Unsplittable(BlobDigest blob, string why) =>
        new(new Status(StatusCode.NotFound, $"the blob {blob} is not split into chunks: {why}"));

    private async ValueTask<ChunkLayout> CutAsync(CachedArtifact artifact, BlobDigest blob, BazelCall call)
    {
        List<BlobDigest> chunks = [];
        using ChunkCutter cutter = new(async (group, _) =>
        {
            chunks.AddRange(group.Digests);
            if (chunks.Count > ChunkLimit.Chunks)
            {
                throw Unsplittable(blob, $"it has more than {ChunkLimit.Chunks} chunks");
            }

            await StoreAsync(blob, group, call);
        });
        var read = await ArtifactSender.SendAsync(artifact, (0, blob.Size), cutter, call.Ended);
        if (read.Error is { } error)
        {
            throw door.Fail(error);
        }

        // What comes straight from a file has not been looked at by anybody, and the layout is kept.
        return cutter.Hash == blob.Hash
            ? new ChunkLayout(blob, chunks, Function.FastCdc2020)
            : throw door.Fail(CacheError.Internal(
                CacheErrorKind.Damaged, $"what is stored as the blob {blob} has the hash {cutter.Hash}"));
    }

    private async ValueTask StoreAsync(BlobDigest blob, CutChunks group, BazelCall call)
    {
        var asked = await blobs.ContainsAsync(call.Principal, group.Digests, call.Ended);
        if (!asked.TryGet(out var found, out var error))
        {
            throw door.Fail(error);
        }

        Dictionary<BlobDigest, ReadOnlyMemory<byte>> missing = [];
        var content = group.Content;
        for (var i = 0; i < found.Length; i++)
        {
            var length = (int)group.Digests[i].Size;
            if (!found[i])
            {
                missing[group.Digests[i]] = content[..length];
            }

            content = content[length..];
        }

        await Parallel.ForEachAsync(
            missing,
            new ParallelOptions { MaxDegreeOfParallelism = BlobLimit.Parallel, CancellationToken = call.Ended },
            async (chunk, cancellationToken) =>
            {
                var put = await blobs.PutAsync(call.Principal, chunk.Key, chunk.Value, cancellationToken);
                if (put.Error is { } fault)
                {
                    door.Report(fault);
                    throw Unsplittable(blob, fault.Message);
                }
            });
    }
}
