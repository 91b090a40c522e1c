using Fabrik.Upstreams.Rpc;
using Fabrik.Wire.Protos.Fabrik;

namespace Fabrik.Upstreams.FabrikServer;

/// <summary>Where another Fabrik is, and how it is asked.</summary>
public sealed record FabrikServerOptions
{
    /// <summary>The label in logs and metrics.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// <c>grpc://host:port</c>, or <c>grpcs://host:port</c> with TLS; the port is 7070 where none is given. There is no
    /// path.
    /// </summary>
    public required Uri Address { get; init; }

    /// <summary>
    /// Gives the token to show, or <see langword="null"/> for none; asked for every call, so it must answer from
    /// memory. With <c>grpc://</c> it travels in the clear.
    /// </summary>
    public Func<string?> Token { get; init; } = static () => null;

    /// <summary>
    /// Bytes of a chunk that is sent, from 16 KiB to 1 MiB. Larger ones cost less time and more memory: each upload
    /// holds about two of them.
    /// </summary>
    public int ChunkSize { get; init; } = FabrikContract.DefaultChunk;

    /// <summary>The longest that a call without a stream may take; the server is told, and gives up then too.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest that a download or an upload may take as a whole, however large it is.</summary>
    public TimeSpan TransferTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Whether whole downloads are checked here, which is two fifths of their CPU time. Off only under a reader that
    /// checks the digest itself before it believes in the bytes, as a store does.
    /// </summary>
    public bool ChecksDigests { get; init; } = true;

    /// <summary>The connections: time-outs, keep-alive, TLS. <see cref="Token"/> replaces its token provider.</summary>
    public GrpcChannelOptions Channel { get; init; } = new();
}
