using Fabrik.Wire.Grpc;

namespace Fabrik.ProtocolTests.Rpc;

/// <summary>All that came back for a call.</summary>
internal sealed record RpcTestAnswer
{
    /// <summary>The status of HTTP.</summary>
    public required int Http { get; init; }

    /// <summary>Whether the status of gRPC came in the headers.</summary>
    public required bool IsTrailersOnly { get; init; }

    /// <summary>The fields in front of the messages.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The fields behind them; those in front if there is nothing else.</summary>
    public required IReadOnlyDictionary<string, string> Trailers { get; init; }

    /// <summary>The messages, as they came.</summary>
    public required IReadOnlyList<byte[]> Messages { get; init; }

    /// <summary>The status of gRPC; "unknown" where there is none.</summary>
    public StatusCode Status =>
        StatusFields.TryParse(Trailers.GetValueOrDefault(GrpcFields.Status), out var code) ? code : StatusCode.Unknown;

    /// <summary>The detail of the status.</summary>
    public string Detail => StatusMessage.Decode(Trailers.GetValueOrDefault(GrpcFields.Message, ""));
}
