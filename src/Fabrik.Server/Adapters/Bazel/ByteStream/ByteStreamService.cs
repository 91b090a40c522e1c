using Fabrik.Server.Auth;
using Fabrik.Server.Rpc;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Chunks;
using Fabrik.Wire.Protos.Google.Bytestream;

namespace Fabrik.Server.Adapters.Bazel.ByteStream;

/// <summary>
/// Blobs of any size (<c>google.bytestream.ByteStream</c>), with the names and rules of the Remote Execution API 2.12,
/// <c>ContentAddressableStorage</c>.
/// </summary>
internal sealed class ByteStreamService
{
    private readonly RpcDoor _door;
    private readonly BlobSpace _blobs;
    private readonly ByteStreamMethods _methods = new();
    private readonly RequestCheck _check;
    private readonly BlobReads _reads;
    private readonly ParkedUploads _parked;
    private readonly BlobWrites _writes;

    /// <summary>Makes the service.</summary>
    /// <param name="services">Limits, the clock, and when to end.</param>
    /// <param name="door">What every call comes through.</param>
    /// <param name="blobs">Where blobs are.</param>
    public ByteStreamService(ServerServices services, RpcDoor door, BlobSpace blobs)
    {
        _door = door;
        _blobs = blobs;
        _check = new RequestCheck(door);
        _reads = new BlobReads(door, blobs, _methods);
        _parked = new ParkedUploads(services.Time, services.Draining);
        _writes = new BlobWrites(door, blobs, _parked, services.Options.MaxArtifactSize);
    }

    /// <summary>Its methods, for a gRPC server.</summary>
    public ServerServiceDefinition Define() => ServerServiceDefinition.CreateBuilder()
        .AddMethod(_methods.Read, ReadAsync)
        .AddMethod(_methods.Write, WriteAsync)
        .AddMethod(ByteStreamMethods.QueryWriteStatus, QueryWriteStatusAsync)
        .Build();

    private Task ReadAsync(
        ReadRequest request, IServerStreamWriter<ChunkMessage<ReadResponse>> stream, ServerCallContext context) =>
        _reads.SendAsync(request, stream, new BazelCall(_door.PrincipalOf(context, Permissions.Read), context));

    private Task<WriteResponse> WriteAsync(
        IAsyncStreamReader<ChunkMessage<WriteRequest>> stream, ServerCallContext context) =>
        _writes.ReceiveAsync(stream, new BazelCall(_door.PrincipalOf(context, Permissions.Write), context));

    private async Task<QueryWriteStatusResponse> QueryWriteStatusAsync(
        QueryWriteStatusRequest request, ServerCallContext context)
    {
        var principal = _door.PrincipalOf(context, Permissions.Write);
        if (!ResourceName.TryParseWrite(request.ResourceName, out var name, out var fault))
        {
            throw _check.Invalid(fault);
        }

        var found = await _blobs.ContainsAsync(principal, [name.Digest], context.CancellationToken);
        return !found.TryGet(out var isThere, out var error)
            ? throw _door.Fail(error)
            : isThere[0]
                ? new QueryWriteStatusResponse { CommittedSize = name.Digest.Size, Complete = true }
                : new QueryWriteStatusResponse { CommittedSize = _parked.ReceivedOf((principal.Tenant, name)) };
    }
}
