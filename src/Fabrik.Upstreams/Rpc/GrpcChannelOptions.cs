namespace Fabrik.Upstreams.Rpc;

/// <summary>
/// What a channel does and within which limits. The names are those of the official .NET API where it has the same
/// thing.
/// </summary>
public sealed record GrpcChannelOptions
{
    /// <summary>The largest message that is sent, in bytes before compression; none for any size.</summary>
    public int? MaxSendMessageSize { get; init; }

    /// <summary>
    /// The largest message that is taken, in bytes, also after it was decompressed; none for any size. 4 MiB is what
    /// every gRPC library takes if nothing else is said.
    /// </summary>
    public int? MaxReceiveMessageSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>The names and the values of response headers or trailers may take this many KiB.</summary>
    public int MaxResponseHeadersKilobytes { get; init; } = 64;

    /// <summary>How messages are compressed: <c>gzip</c>, or none for not at all. Answers may always be.</summary>
    public string? Compression { get; init; }

    /// <summary>
    /// Gives the token that each call sends as <c>authorization: Bearer</c>; asked for every attempt, so it should
    /// answer from memory. Calls that bring an <c>authorization</c> of their own are left alone.
    /// </summary>
    public Func<CancellationToken, ValueTask<string?>>? TokenProvider { get; init; }

    /// <summary>Whether tokens are also sent where everyone on the way can read them: over <c>http://</c>.</summary>
    public bool UnsafeUseInsecureChannelCallCredentials { get; init; }

    /// <summary>How the server of an <c>https://</c> address is checked, and what it is shown.</summary>
    public GrpcTlsOptions Tls { get; init; } = new();

    /// <summary>The longest that making a connection takes: name, TCP and TLS.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long nothing comes from the server, with a call under way or without, before it is asked whether it is
    /// there. HTTP/2 servers of other makers may hang up on those who ask more often than every few minutes.
    /// </summary>
    public TimeSpan KeepAlivePingDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it may take to answer; then the connection's calls fail with <c>UNAVAILABLE</c>.</summary>
    public TimeSpan KeepAlivePingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a connection is used; calls that are under way end on it. A new one asks DNS anew, so an upstream
    /// that moves is followed at the latest after this time.
    /// </summary>
    public TimeSpan PooledConnectionLifetime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a connection without a call is kept.</summary>
    public TimeSpan PooledConnectionIdleTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Connections at most. Another one is only made when the server lets no more calls into those there are; calls
    /// beyond all of them wait for their turn.
    /// </summary>
    public int MaxConnections { get; init; } = 4;

    /// <summary>
    /// What a server may send of one answer before it is read, in bytes, from 65,535 on: the memory that a slow reader
    /// costs, and what limits a transfer to one window for each round trip. Unless the runtime is told not to
    /// (<c>System.Net.SocketsHttpHandler.Http2FlowControl.DisableDynamicWindowSizing</c>), it lets the window grow, up
    /// to 16 MiB. Upwards the server decides.
    /// </summary>
    public int InitialStreamWindowSize { get; init; } = 1024 * 1024;

    /// <summary>Whether and when calls are tried again; not without a policy.</summary>
    public RetryPolicy? RetryPolicy { get; init; }

    /// <summary>Keeps retries from burdening a server that fails; counts for the whole channel.</summary>
    public RetryThrottlingPolicy? RetryThrottling { get; init; }

    /// <summary>The clock of deadlines and pauses.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Sends instead of the channel's own handler; options of connections have then no effect. The channel disposes
    /// of it.
    /// </summary>
    public HttpMessageHandler? HttpHandler { get; init; }
}
