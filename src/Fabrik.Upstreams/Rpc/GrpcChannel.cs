using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Fabrik.Wire.Grpc;

namespace Fabrik.Upstreams.Rpc;

/// <summary>
/// The way to one server: a few HTTP/2 connections that all calls share, made when they are needed. The shape is that
/// of the official .NET API. For any number of threads.
/// </summary>
public sealed class GrpcChannel : IDisposable
{
    // An array must have room for a message and its prefix.
    private static readonly int LargestMessage = Array.MaxLength - MessageFrame.PrefixLength;

    private readonly Uri _address;
    private readonly string? _host;
    private readonly ConditionalWeakTable<IMethod, Uri> _addresses = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly CallInvoker _invoker;

    private GrpcChannel(Uri address, GrpcChannelOptions options)
    {
        _address = address;
        Options = options;
        Target = address.Authority;
        _host = address.Scheme == Uri.UriSchemeHttps ? options.Tls.ServerName : null;
        MaxSendMessageSize = Math.Min(options.MaxSendMessageSize ?? LargestMessage, LargestMessage);
        MaxReceiveMessageSize = Math.Min(options.MaxReceiveMessageSize ?? LargestMessage, LargestMessage);
        RetryBudget = options.RetryThrottling is { } throttling ? new RetryBudget(throttling) : null;
        Transport = new HttpMessageInvoker(
            options.HttpHandler ?? ChannelHandler.Make(options, address), disposeHandler: true);
        _invoker = new ChannelCallInvoker(this);
    }

    /// <summary>The server's name and port.</summary>
    public string Target { get; }

    internal GrpcChannelOptions Options { get; }

    internal HttpMessageInvoker Transport { get; }

    internal RetryBudget? RetryBudget { get; }

    internal int MaxSendMessageSize { get; }

    internal int MaxReceiveMessageSize { get; }

    /// <summary>Makes a channel to an address, with the limits that are usual.</summary>
    public static GrpcChannel ForAddress(string address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>Makes a channel to an address.</summary>
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) =>
        ForAddress(new Uri(address, UriKind.Absolute), channelOptions);

    /// <summary>Makes a channel to an address, with the limits that are usual.</summary>
    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>Makes a channel to an address; nothing is connected before the first call.</summary>
    /// <param name="address">
    /// <c>https://name:port</c>, or <c>http://name:port</c> for HTTP/2 without TLS, which the server must expect (RFC
    /// 9113 section 3.3).
    /// </param>
    /// <param name="channelOptions">What it does and within which limits.</param>
    /// <exception cref="ArgumentException">The address is another one, or an option is not possible.</exception>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(channelOptions);
        Validate(address, channelOptions);
        return new GrpcChannel(address, channelOptions);
    }

    /// <summary>What makes calls over the channel.</summary>
    public CallInvoker CreateCallInvoker() => _invoker;

    /// <summary>Gives up all calls and closes the connections.</summary>
    public void Dispose()
    {
        if (!_closing.IsCancellationRequested)
        {
            _closing.Cancel();
            Transport.Dispose();
        }
    }

    internal CallTarget TargetOf(IMethod method, string? host, CallOptions options)
    {
        ArgumentNullException.ThrowIfNull(method);
        if (!_addresses.TryGetValue(method, out var address))
        {
            address = new Uri(_address, method.FullName);
            _addresses.AddOrUpdate(method, address);
        }

        return new CallTarget(address, host ?? _host, options.Headers, Options.Compression);
    }

    internal RequestFormat<TRequest> FormatOf<TRequest, TResponse>(Method<TRequest, TResponse> method) =>
        new(method.RequestMarshaller, MaxSendMessageSize, Options.Compression is MessageEncoding.Gzip);

    internal CallLife Begin(CallOptions options)
    {
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
        return new CallLife(options, Options.TimeProvider, _closing.Token);
    }

    [SuppressMessage("Usage", "CA2208", Justification = "The argument is the caller's.")]
    private static void Validate(Uri address, GrpcChannelOptions options)
    {
        if (!address.IsAbsoluteUri
            || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
            || address.PathAndQuery != "/"
            || address.UserInfo.Length > 0)
        {
            throw new ArgumentException(
                "the address of a gRPC server must be http://name:port or https://name:port", nameof(address));
        }

        if (options.Compression is not (null or MessageEncoding.Identity or MessageEncoding.Gzip))
        {
            throw new ArgumentException(
                $"messages can be compressed with {MessageEncoding.Gzip}, not with {options.Compression}",
                nameof(options));
        }

        if (options.TokenProvider is not null
            && address.Scheme == Uri.UriSchemeHttp
            && !options.UnsafeUseInsecureChannelCallCredentials)
        {
            throw new ArgumentException(
                "tokens go over https only, unless UnsafeUseInsecureChannelCallCredentials is set", nameof(options));
        }

        if ((options.RetryPolicy?.FindFault() ?? options.RetryThrottling?.FindFault()) is { } fault)
        {
            throw new ArgumentException(fault, nameof(options));
        }
    }
}
