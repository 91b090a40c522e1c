using System.Diagnostics.CodeAnalysis;
using Fabrik.Wire.Grpc;

namespace Fabrik.Upstreams.Rpc;

/// <summary>Makes calls over a channel.</summary>
internal sealed class ChannelCallInvoker(GrpcChannel channel) : CallInvoker
{
    /// <inheritdoc/>
    [SuppressMessage("Usage", "VSTHRD002", Justification = "The API has a call that blocks.")]
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        using var call = AsyncUnaryCall(method, host, options, request);
        return call.ResponseAsync.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = SendSingle(method, host, options, request);
        return new AsyncUnaryCall<TResponse>(
            call.ReadSingleAsync(),
            RpcCall<TResponse>.HeadersOf,
            RpcCall<TResponse>.StatusOf,
            RpcCall<TResponse>.TrailersOf,
            RpcCall<TResponse>.DisposeOf,
            call);
    }

    /// <inheritdoc/>
    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = SendSingle(method, host, options, request);
        return new AsyncServerStreamingCall<TResponse>(
            new ResponseStream<TResponse>(call),
            RpcCall<TResponse>.HeadersOf,
            RpcCall<TResponse>.StatusOf,
            RpcCall<TResponse>.TrailersOf,
            RpcCall<TResponse>.DisposeOf,
            call);
    }

    /// <inheritdoc/>
    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var (call, requests) = SendStream(method, host, options);
        var response = call.ReadSingleAsync();
        requests.Answered = response;
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            requests,
            response,
            RpcCall<TResponse>.HeadersOf,
            RpcCall<TResponse>.StatusOf,
            RpcCall<TResponse>.TrailersOf,
            RpcCall<TResponse>.DisposeOf,
            call);
    }

    /// <inheritdoc/>
    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var (call, requests) = SendStream(method, host, options);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            requests,
            new ResponseStream<TResponse>(call),
            RpcCall<TResponse>.HeadersOf,
            RpcCall<TResponse>.StatusOf,
            RpcCall<TResponse>.TrailersOf,
            RpcCall<TResponse>.DisposeOf,
            call);
    }

    private RpcCall<TResponse> SendSingle<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        where TResponse : class
    {
        ArgumentNullException.ThrowIfNull(request);
        var target = channel.TargetOf(method, host, options);
        var life = channel.Begin(options);
        var compress = options.WriteOptions?.Flags.HasFlag(WriteFlags.NoCompress) is not true;
        var source = new SingleRequest<TRequest>(request, channel.FormatOf(method), compress);
        var answer = new CallSender(channel, target, life, source).SendAsync();
        return new RpcCall<TResponse>(life, method.ResponseMarshaller, answer, channel.RetryBudget);
    }

    private (RpcCall<TResponse> Call, RequestStream<TRequest> Requests) SendStream<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
        where TResponse : class
    {
        var target = channel.TargetOf(method, host, options);
        var life = channel.Begin(options);
        var requests = new RequestStream<TRequest>(life, channel.FormatOf(method))
        {
            WriteOptions = options.WriteOptions,
        };
        var answer = new CallSender(channel, target, life, requests).SendAsync();
        requests.Answered = answer;
        return (new RpcCall<TResponse>(life, method.ResponseMarshaller, answer, channel.RetryBudget), requests);
    }
}
