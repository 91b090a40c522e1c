using Fabrik.Cache;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Wire.Grpc;

namespace Fabrik.Server.Rpc;

/// <summary>The status of every failure of the cache, the same for every gRPC service.</summary>
/// <remarks>
/// Kinds that may pass are given codes that clients try again (Bazel's among them), the others codes they do not. The
/// trailer <see cref="KindField"/> has the kind itself, for a client that is a Fabrik.
/// </remarks>
public static class RpcAnswers
{
    /// <summary>The trailer that names the <see cref="CacheErrorKind"/>, as in the metrics: <c>too_large</c>.</summary>
    public const string KindField = "fabrik-error";

    /// <summary>The status of a failure.</summary>
    public static Status StatusOf(CacheError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return new Status(CodeOf(error), error.Message, error.Cause);
    }

    /// <summary>What a method throws to answer with a failure; <see cref="RpcDoor.Fail"/> counts it too.</summary>
    public static RpcException ExceptionOf(CacheError error) =>
        new(StatusOf(error), new Metadata { { KindField, FaultReport.NameOf(error.Kind) } });

    private static StatusCode CodeOf(CacheError error) => error.Kind switch
    {
        CacheErrorKind.InvalidRequest => StatusCode.InvalidArgument,
        // Not "resource exhausted": that is tried again, and the artifact does not become smaller.
        CacheErrorKind.TooLarge => StatusCode.InvalidArgument,
        CacheErrorKind.Incomplete => StatusCode.Aborted,
        // A client that sends other bytes than it says is wrong; bytes of an upstream are damaged.
        CacheErrorKind.DigestMismatch when error.Source == CacheErrorSource.Client => StatusCode.InvalidArgument,
        CacheErrorKind.DigestMismatch => StatusCode.DataLoss,
        CacheErrorKind.Damaged => StatusCode.DataLoss,
        CacheErrorKind.StorageFull => StatusCode.ResourceExhausted,
        CacheErrorKind.ReadOnly => StatusCode.FailedPrecondition,
        CacheErrorKind.Conflict => StatusCode.AlreadyExists,
        CacheErrorKind.Io => StatusCode.Internal,
        // Our credentials at an upstream, not the client's.
        CacheErrorKind.Denied => StatusCode.FailedPrecondition,
        CacheErrorKind.Timeout => StatusCode.DeadlineExceeded,
        CacheErrorKind.Unavailable => StatusCode.Unavailable,
        CacheErrorKind.Overloaded => StatusCode.ResourceExhausted,
        CacheErrorKind.ShuttingDown => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };
}
