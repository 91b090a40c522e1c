using Fabrik.Cache;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Fabrik;

namespace Fabrik.Upstreams.FabrikServer;

/// <summary>How a server is called: deadlines, and failures as values.</summary>
/// <param name="invoker">The connections to it.</param>
/// <param name="options">Limits, and its name.</param>
internal sealed class ServerCalls(CallInvoker invoker, FabrikServerOptions options)
{
    /// <summary>The methods; they keep messages for their next use.</summary>
    public FabrikCacheMethods Methods { get; } = new();

    /// <summary>The connections.</summary>
    public CallInvoker Invoker => invoker;

    /// <summary>The upstream's name.</summary>
    public string Name => options.Name;

    /// <summary>Bytes of a chunk that is sent.</summary>
    public int ChunkSize => options.ChunkSize;

    /// <summary>Whether downloads are checked here.</summary>
    public bool ChecksDigests => options.ChecksDigests;

    /// <summary>Makes one call, and waits for its answer.</summary>
    public async ValueTask<CacheResult<TResponse>> CallAsync<TRequest, TResponse>(
        Method<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
        where TRequest : class
        where TResponse : class
    {
        try
        {
            using var call = invoker.AsyncUnaryCall(
                method, null, Until(options.CallTimeout).WithCancellationToken(cancellationToken), request);
            return await call.ResponseAsync;
        }
        catch (RpcException failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ErrorOf(failure);
        }
        catch (ObjectDisposedException)
        {
            return Ending();
        }
    }

    /// <summary>The options of a call that transfers bytes.</summary>
    public CallOptions ForTransfer() => Until(options.TransferTimeout);

    /// <summary>A failed call as a failure.</summary>
    public CacheError ErrorOf(RpcException failure) => ServerFaults.ToError(Name, failure);

    /// <summary>What is answered once the connections are closed.</summary>
    public CacheError Ending() =>
        CacheError.Internal(CacheErrorKind.ShuttingDown, $"the connections to {Name} are closed: this process ends");

    /// <summary>An answer that breaks the protocol.</summary>
    public CacheError Broken(string what) => ServerFaults.Create(CacheErrorKind.Io, $"{Name} {what}");

    private CallOptions Until(TimeSpan timeout) =>
        new(deadline: options.Channel.TimeProvider.GetUtcNow().UtcDateTime + timeout);
}
