using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Fabrik.Server.Auth;
using Fabrik.Wire.Grpc;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Rpc;

/// <summary>One call over one HTTP/2 stream, as methods see it.</summary>
internal sealed class RpcCall : ServerCallContext, IDisposable
{
    private readonly IMethod _method;
    private readonly RpcClock _clock;
    private Metadata? _requestHeaders;
    private Metadata? _trailers;

    public RpcCall(HttpContext http, IMethod method, RpcServerOptions options, RpcClock clock)
    {
        Http = http;
        Options = options;
        _method = method;
        _clock = clock;
        Response = new RpcResponse(http, options, clock);
    }

    /// <summary>The request behind the call.</summary>
    public HttpContext Http { get; }

    /// <summary>Limits.</summary>
    public RpcServerOptions Options { get; }

    /// <summary>Where the answer goes.</summary>
    public RpcResponse Response { get; }

    /// <summary>Who calls; <see langword="null"/> at a door that asks nobody.</summary>
    public CachePrincipal? Principal { get; set; }

    /// <summary>Whether what the client sent broke the protocol or a limit.</summary>
    public bool HasBadRequest { get; private set; }

    /// <summary>Why the call ends early.</summary>
    public RpcEnd End => _clock.End;

    protected override string MethodCore => _method.FullName;

    protected override string HostCore => Http.Request.Host.Value ?? "";

    protected override string PeerCore => RpcPeer.Name(Http.Connection);

    protected override DateTime DeadlineCore => _clock.Deadline;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= RpcHeaders.Read(Http.Request.Headers);

    protected override CancellationToken CancellationTokenCore => _clock.Token;

    protected override Metadata ResponseTrailersCore => _trailers ??= [];

    protected override Status StatusCore { get; set; } = Status.DefaultSuccess;

    protected override WriteOptions? WriteOptionsCore
    {
        get => Response.WriteOptions;
        set => Response.WriteOptions = value;
    }

    /// <summary>Reads the requests of a call.</summary>
    public RpcRequestReader<T> Requests<T>(Marshaller<T> marshaller)
        where T : class =>
        new(this, marshaller);

    /// <summary>Waits for bytes of the request, for as long as the limits allow.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken)
    {
        var read = Http.Request.BodyReader.ReadAsync(cancellationToken);
        if (read.IsCompletedSuccessfully)
        {
            return read.Result;
        }

        _clock.BeginWait();
        try
        {
            return await read;
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            // A stream that is reset is noticed here a moment before the token of the request fires.
            _clock.ClientIsGone();
            throw;
        }
        finally
        {
            _clock.EndWait();
        }
    }

    /// <summary>Says that what the client sent is at fault.</summary>
    public RpcException Bad(RpcException fault)
    {
        HasBadRequest = true;
        return fault;
    }

    /// <summary>Ends the call as its method says, or as <see cref="ServerCallContext.Status"/> was set.</summary>
    public void Complete()
    {
        if (End != RpcEnd.ClientGone)
        {
            Response.Complete(Status, _trailers);
        }
    }

    /// <summary>Ends the call with a failure; what trailers there are go with it.</summary>
    public void Fail(Status status, Metadata? trailers = null)
    {
        Status = status;
        foreach (var entry in trailers ?? Metadata.Empty)
        {
            ResponseTrailers.Add(entry);
        }
    }

    public void Dispose()
    {
        _clock.Dispose();
        Response.Dispose();
    }

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) =>
        Response.SendHeadersAsync(responseHeaders);
}
