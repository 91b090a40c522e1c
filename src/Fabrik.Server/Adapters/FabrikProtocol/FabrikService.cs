using Fabrik.Cache;
using Fabrik.Server.Auth;
using Fabrik.Server.Rpc;
using Fabrik.Server.Rpc.Chunks;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Chunks;
using Fabrik.Wire.Protos.Fabrik;
using Fabrik.Wire.Protos.Fabrik.V1;
using Google.Protobuf;

namespace Fabrik.Server.Adapters.FabrikProtocol;

/// <summary>
/// The service: (1) the door has let the call in and knows its sender; (2) permission and request are checked; (3) the
/// cache is asked in the sender's scopes; (4) what went wrong is counted, and told by <see cref="RpcAnswers"/>.
/// </summary>
internal sealed class FabrikService
{
    /// <summary>The label in metrics; an entry keeps the name of the tool that made it.</summary>
    public const string Tool = FabrikContract.Namespace;

    private readonly ServerServices _services;
    private readonly RpcDoor _door;
    private readonly FabrikCacheMethods _methods = new();
    private readonly FabrikLookup _lookup;
    private readonly FabrikWrites _writes;
    private readonly Traffic _traffic;

    /// <summary>Makes the service.</summary>
    /// <param name="services">What it works with.</param>
    /// <param name="door">What every call comes through.</param>
    public FabrikService(ServerServices services, RpcDoor door)
    {
        _services = services;
        _door = door;
        _lookup = new FabrikLookup(services);
        _writes = new FabrikWrites(services, _lookup);
        _traffic = new Traffic(services.Time);
    }

    /// <summary>Its methods, for a gRPC server.</summary>
    public ServerServiceDefinition Define() => ServerServiceDefinition.CreateBuilder()
        .AddMethod(FabrikCacheMethods.Exists, Unary<ExistsRequest, ExistsResponse>(Permissions.Read, ExistsAsync))
        .AddMethod(_methods.Get, GetAsync)
        .AddMethod(_methods.Put, PutAsync)
        .AddMethod(FabrikCacheMethods.Delete, Unary<DeleteRequest, DeleteResponse>(Permissions.Delete, DeleteAsync))
        .AddMethod(FabrikCacheMethods.GetStats, Unary<GetStatsRequest, GetStatsResponse>(Permissions.Read, StatsAsync))
        .AddMethod(
            FabrikCacheMethods.BatchExists,
            Unary<BatchExistsRequest, BatchExistsResponse>(Permissions.Read, BatchExistsAsync))
        .AddMethod(FabrikCacheMethods.Touch, Unary<TouchRequest, TouchResponse>(Permissions.Read, TouchAsync))
        .AddMethod(FabrikCacheMethods.Hello, Unary<HelloRequest, HelloResponse>(Permissions.None, HelloAsync))
        .Build();

    private UnaryServerMethod<TRequest, TResponse> Unary<TRequest, TResponse>(
        Permissions needed, Func<TRequest, FabrikCall, ValueTask<TResponse>> serve)
        where TRequest : class
        where TResponse : class =>
        (request, context) => ServeAsync(needed, context, call => serve(request, call));

    private async Task GetAsync(
        GetRequest request, IServerStreamWriter<ChunkMessage<GetResponse>> stream, ServerCallContext context) =>
        await ServeAsync(Permissions.Read, context, call => SendAsync(request, stream, call));

    private Task<PutResponse> PutAsync(
        IAsyncStreamReader<ChunkMessage<PutRequest>> stream, ServerCallContext context) =>
        ServeAsync(Permissions.Write, context, async call => await _writes.PutAsync(stream, call));

    private async Task<T> ServeAsync<T>(
        Permissions needed, ServerCallContext context, Func<FabrikCall, ValueTask<T>> serve)
    {
        var call = new FabrikCall(_door.PrincipalOf(context, needed), context);
        try
        {
            return await serve(call);
        }
        catch (RequestFault fault)
        {
            var failure = _door.Fail(fault.Error);
            throw fault.Code is { } code
                ? new RpcException(new Status(code, fault.Error.Message), failure.Trailers)
                : failure;
        }
    }

    private async ValueTask<Unit> SendAsync(
        GetRequest request, IServerStreamWriter<ChunkMessage<GetResponse>> stream, FabrikCall call)
    {
        var hash = HashGrammar.Hash(request.Hash);
        await using var artifact = await _lookup.OpenAsync(call, hash);
        Count(artifact is not null);
        if (artifact is null)
        {
            call.Context.Status = request.AllowMissing
                ? Status.DefaultSuccess
                : new Status(StatusCode.NotFound, "there is no such artifact");
            return default;
        }

        var range = RangeOf(request, artifact.Info.Size);
        using var message = _methods.GetChunks.Rent();
        using var output = new ChunkWriter<GetResponse>(stream, message);
        message.Header = Descriptions.Describe(artifact.Info);
        try
        {
            var sent = await ArtifactSender.SendAsync(artifact, range, output, call.Ended);
            return sent.Error is null ? default : throw new RequestFault(sent.Error);
        }
        finally
        {
            _door.SentBytes(output.Sent);
        }
    }

    private async ValueTask<ExistsResponse> ExistsAsync(ExistsRequest request, FabrikCall call)
    {
        var info = await _lookup.DescribeAsync(call, HashGrammar.Hash(request.Hash));
        Count(info is not null);
        return info is null ? new ExistsResponse() : Descriptions.DescribeExisting(info);
    }

    private async ValueTask<DeleteResponse> DeleteAsync(DeleteRequest request, FabrikCall call)
    {
        var id = call.IdIn(call.Principal.WriteScope, HashGrammar.Hash(request.Hash));
        var deleted = await _services.CacheOf(call.Principal).DeleteAsync(id, call.Ended);
        return deleted.TryGet(out var existed, out var error)
            ? new DeleteResponse { Success = true, Existed = existed }
            : throw new RequestFault(error);
    }

    private async ValueTask<BatchExistsResponse> BatchExistsAsync(BatchExistsRequest request, FabrikCall call) =>
        new() { Found = Pack(await _lookup.ContainsAsync(call, request.Hashes)) };

    private async ValueTask<TouchResponse> TouchAsync(TouchRequest request, FabrikCall call) =>
        new() { Found = Pack(await _lookup.ContainsAsync(call, request.Hashes)) };

    private ValueTask<GetStatsResponse> StatsAsync(GetStatsRequest request, FabrikCall call)
    {
        var counted = _traffic.CountedSince(request.HasSinceTimestamp ? request.SinceTimestamp : null);
        var held = call.SeesWholeServer ? _services.Statistics?.Invoke() : null;
        return ValueTask.FromResult(new GetStatsResponse
        {
            CacheHits = (ulong)counted.Hits,
            CacheMisses = (ulong)counted.Misses,
            ArtifactCount = (ulong)(held?.Entries ?? 0),
            TotalBytes = (ulong)(held?.StoredBytes ?? 0),
            UptimeSeconds = (ulong)_traffic.Uptime,
            CountedSince = counted.Since,
        });
    }

    private ValueTask<HelloResponse> HelloAsync(HelloRequest request, FabrikCall call)
    {
        var response = new HelloResponse
        {
            Version = Math.Min(request.Version, FabrikContract.Version),
            OldestVersion = FabrikContract.OldestVersion,
            Server = _services.Version.Length == 0 ? Tool : $"{Tool}/{_services.Version}",
            MaxBatch = FabrikContract.MaxBatch,
            MaxArtifactBytes = _services.Options.MaxArtifactSize,
            MaxChunkBytes = FabrikContract.MaxChunk,
            UnixMs = _services.Time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        foreach (var (name, permission) in PermissionNames.All)
        {
            if (call.Principal.May(permission))
            {
                response.Permissions.Add(name);
            }
        }

        return ValueTask.FromResult(response);
    }

    private static (long Offset, long Length) RangeOf(GetRequest request, long size)
    {
        if (request.Offset < 0 || request.Limit < 0)
        {
            throw HashGrammar.Invalid("offset and limit must not be negative");
        }

        if (request.Offset > size)
        {
            throw new RequestFault(
                CacheError.Client(
                    CacheErrorKind.InvalidRequest, $"the offset {request.Offset} is behind the end: {size} bytes"),
                StatusCode.OutOfRange);
        }

        var rest = size - request.Offset;
        return (request.Offset, request.Limit == 0 ? rest : Math.Min(rest, request.Limit));
    }

    private static ByteString Pack(bool[] found) => UnsafeByteOperations.UnsafeWrap(FoundBits.Pack(found));

    private void Count(bool isHit)
    {
        if (isHit)
        {
            _door.Hit();
            _traffic.Hit();
        }
        else
        {
            _door.Miss();
            _traffic.Miss();
        }
    }
}
