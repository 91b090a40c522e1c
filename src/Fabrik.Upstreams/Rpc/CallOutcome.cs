using Fabrik.Wire.Grpc;

namespace Fabrik.Upstreams.Rpc;

/// <summary>How a call, or an attempt at it, ended.</summary>
/// <param name="Status">The status.</param>
/// <param name="Trailers">What came with it; empty if it was made here.</param>
internal sealed record CallOutcome(Status Status, Metadata Trailers)
{
    public CallOutcome(StatusCode code, string detail)
        : this(new Status(code, detail), Metadata.Empty)
    {
    }

    /// <summary>
    /// How long the server asks to wait before another attempt; negative if it asks for none; nothing if it does not
    /// say (gRPC proposal A6, "Pushback").
    /// </summary>
    public TimeSpan? Pushback { get; init; }

    public bool IsSuccess => Status.StatusCode == StatusCode.OK;

    /// <summary>The outcome that a fault of this side, or of the transport, makes.</summary>
    public static CallOutcome Of(Exception fault) =>
        new(TransportFaults.ToStatus(fault), (fault as RpcException)?.Trailers ?? Metadata.Empty);

    public RpcException ToException() => new(Status, Trailers);
}
