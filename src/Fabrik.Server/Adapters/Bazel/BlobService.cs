using System.Buffers;
using System.Collections.Concurrent;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Adapters.Bazel.Chunking;
using Fabrik.Server.Auth;
using Fabrik.Server.Rpc;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>The content-addressable storage, but for ByteStream.</summary>
internal sealed class BlobService
{
    // Fewer digests are not worth waking other threads.
    private const int MinShared = 1024;

    private readonly RpcDoor _door;
    private readonly BlobSpace _blobs;
    private readonly RequestCheck _check;
    private readonly BlobBatches _batches;
    private readonly TreePages _trees;
    private readonly BlobSplitter _splitter;
    private readonly BlobSplicer _splicer;

    /// <summary>Makes the service.</summary>
    /// <param name="services">What it works with.</param>
    /// <param name="door">What every call comes through.</param>
    /// <param name="blobs">Where blobs are.</param>
    public BlobService(ServerServices services, RpcDoor door, BlobSpace blobs)
    {
        _door = door;
        _blobs = blobs;
        _check = new RequestCheck(door);
        _batches = new BlobBatches(door, blobs);
        _trees = new TreePages(door, blobs);
        var layouts = new ChunkLayouts(services);
        _splitter = new BlobSplitter(door, blobs, layouts);
        _splicer = new BlobSplicer(door, blobs, layouts, services.Options.MaxArtifactSize);
    }

    /// <summary>Its methods, for a gRPC server.</summary>
    public ServerServiceDefinition Define() => ServerServiceDefinition.CreateBuilder()
        .AddMethod(RemoteMethods.FindMissingBlobs, FindMissingAsync)
        .AddMethod(RemoteMethods.BatchUpdateBlobs, UpdateAsync)
        .AddMethod(RemoteMethods.BatchReadBlobs, ReadAsync)
        .AddMethod(RemoteMethods.GetTree, GetTreeAsync)
        .AddMethod(RemoteMethods.SplitBlob, SplitAsync)
        .AddMethod(RemoteMethods.SpliceBlob, SpliceAsync)
        .Build();

    /// <summary>A digest that is asked for twice is answered twice, if it is missing.</summary>
    private async Task<FindMissingBlobsResponse> FindMissingAsync(
        FindMissingBlobsRequest request, ServerCallContext context)
    {
        var call = _check.Enter(context, Permissions.Read, request.InstanceName, request.DigestFunction);
        var count = request.BlobDigests.Count;
        if (count > BlobLimit.Digests)
        {
            throw _check.Invalid($"blob_digests has at most {BlobLimit.Digests} digests, not {count}");
        }

        var ids = ArrayPool<ArtifactId>.Shared.Rent(count);
        var found = ArrayPool<bool>.Shared.Rent(count);
        try
        {
            MakeIds(request, call.Principal, ids);
            var asked = await _blobs.ContainsAsync(
                call.Principal, ids.AsMemory(0, count), found.AsMemory(0, count), call.Ended);
            return asked.Error is { } error ? throw _door.Fail(error) : Missing(request, found);
        }
        finally
        {
            ArrayPool<ArtifactId>.Shared.Return(ids);
            ArrayPool<bool>.Shared.Return(found);
        }
    }

    /// <summary>An id costs a hash, so that those of many digests are made by all processors.</summary>
    private void MakeIds(FindMissingBlobsRequest request, CachePrincipal principal, ArtifactId[] ids)
    {
        var digests = ArrayPool<BlobDigest>.Shared.Rent(request.BlobDigests.Count);
        try
        {
            var count = 0;
            foreach (var message in request.BlobDigests)
            {
                digests[count++] = _check.Digest(message, "blob_digests");
            }

            if (count < MinShared)
            {
                MakeIds((0, count));
            }
            else
            {
                Parallel.ForEach(Partitioner.Create(0, count), range => MakeIds((range.Item1, range.Item2)));
            }
        }
        finally
        {
            ArrayPool<BlobDigest>.Shared.Return(digests, clearArray: true);
        }

        void MakeIds((int Start, int End) range)
        {
            for (var i = range.Start; i < range.End; i++)
            {
                ids[i] = BlobSpace.IdOf(principal, digests[i]);
            }
        }
    }

    private static FindMissingBlobsResponse Missing(FindMissingBlobsRequest request, bool[] found)
    {
        var response = new FindMissingBlobsResponse();
        for (var i = 0; i < request.BlobDigests.Count; i++)
        {
            if (!found[i] && request.BlobDigests[i].SizeBytes != 0)
            {
                response.MissingBlobDigests.Add(request.BlobDigests[i]);
            }
        }

        return response;
    }

    private async Task<BatchUpdateBlobsResponse> UpdateAsync(BatchUpdateBlobsRequest request, ServerCallContext context)
    {
        var call = _check.Enter(context, Permissions.Write, request.InstanceName, request.DigestFunction);
        return await _batches.UpdateAsync(request, call);
    }

    private async Task<BatchReadBlobsResponse> ReadAsync(BatchReadBlobsRequest request, ServerCallContext context)
    {
        var call = _check.Enter(context, Permissions.Read, request.InstanceName, request.DigestFunction);
        return await _batches.ReadAsync(request, call);
    }

    private async Task GetTreeAsync(
        GetTreeRequest request, IServerStreamWriter<GetTreeResponse> stream, ServerCallContext context)
    {
        var call = _check.Enter(context, Permissions.Read, request.InstanceName, request.DigestFunction);
        await _trees.SendAsync(request, stream, call);
    }

    /// <summary>It may store chunks for who may only read: they are bytes that are there already.</summary>
    private async Task<SplitBlobResponse> SplitAsync(SplitBlobRequest request, ServerCallContext context)
    {
        var call = _check.Enter(context, Permissions.Read, request.InstanceName, request.DigestFunction);
        return await _splitter.SplitAsync(request, call);
    }

    private async Task<SpliceBlobResponse> SpliceAsync(SpliceBlobRequest request, ServerCallContext context)
    {
        var call = _check.Enter(context, Permissions.Write, request.InstanceName, request.DigestFunction);
        return await _splicer.SpliceAsync(request, call);
    }
}
