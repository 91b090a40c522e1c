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
    private readonly RpcDoor _door;
    private readonly MissingBlobs _missing;
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
        _missing = new MissingBlobs(door, blobs);
        _check = new RequestCheck(door);
        _batches = new BlobBatches(door, blobs);
        _trees = new TreePages(door, blobs);
        var layouts = new ChunkLayouts(services);
        _splitter = new BlobSplitter(door, blobs, layouts);
        _splicer = new BlobSplicer(door, blobs, layouts, services.Options.MaxArtifactSize);
    }

    /// <summary>Its methods, for a gRPC server.</summary>
    public ServerServiceDefinition Define() => ServerServiceDefinition.CreateBuilder()
        .AddMethod(RemoteMethods.AnswerDigests, AnswerAsync)
        .AddMethod(RemoteMethods.BatchUpdateBlobs, UpdateAsync)
        .AddMethod(RemoteMethods.GiveBlobs, ReadAsync)
        .AddMethod(RemoteMethods.GiveTree, GetTreeAsync)
        .AddMethod(RemoteMethods.SplitBlob, SplitAsync)
        .AddMethod(RemoteMethods.SpliceBlob, SpliceAsync)
        .Build();

    private async Task<DigestAnswer> AnswerAsync(DigestQuestion question, ServerCallContext context)
    {
        var call = _check.Enter(context, Permissions.Read, question.InstanceName, question.Function);
        return await _missing.AnswerAsync(question, call);
    }

    private async Task<BatchUpdateBlobsResponse> UpdateAsync(BatchUpdateBlobsRequest request, ServerCallContext context)
    {
        var call = _check.Enter(context, Permissions.Write, request.InstanceName, request.DigestFunction);
        return await _batches.UpdateAsync(request, call);
    }

    private async Task<BlobBatch> ReadAsync(BatchReadBlobsRequest request, ServerCallContext context)
    {
        var call = _check.Enter(context, Permissions.Read, request.InstanceName, request.DigestFunction);
        return await _batches.ReadAsync(request, call);
    }

    private async Task GetTreeAsync(
        GetTreeRequest request, IServerStreamWriter<TreePage> stream, ServerCallContext context)
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
