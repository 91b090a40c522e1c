using Fabrik.Wire.Grpc;

namespace Fabrik.Server.Rpc;

/// <summary>The limits of a gRPC service, and whether its answers are compressed.</summary>
public sealed record RpcServerOptions
{
    /// <summary>The most bytes a request message may have, compressed or not. Default 4 MiB, as everywhere.</summary>
    public int MaxReceiveMessageSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// The most bytes a response message may have before it is compressed. Default 4 MiB: clients take no more unless
    /// they are told to.
    /// </summary>
    public int MaxSendMessageSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// Whether response messages are compressed with gzip for clients that understand it, where
    /// <see cref="WriteFlags.NoCompress"/> does not forbid it. Default off: artifacts are compressed already.
    /// </summary>
    public bool CompressResponses { get; init; }

    /// <summary>
    /// How long a call waits for a peer that neither sends the message that is waited for nor takes the one that is
    /// sent. Default 5 minutes. Waits that a method makes on its own do not count.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);
}
