using System.Collections.Frozen;
using System.Globalization;
using Fabrik.Cache;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Fabrik;

namespace Fabrik.Upstreams.FabrikServer;

/// <summary>
/// What a failed call means here. Another Fabrik names the kind of its failure in the trailer <c>fabrik-error</c>; of
/// whatever else answers (a proxy, an older server) only the status is known.
/// </summary>
internal static class ServerFaults
{
    private const int MaxDetail = 300;
    private const string Reason = "error_description=\"";

    private static readonly FrozenDictionary<string, CacheErrorKind> Kinds =
        new Dictionary<string, CacheErrorKind>(StringComparer.Ordinal)
        {
            ["invalid_request"] = CacheErrorKind.InvalidRequest,
            ["too_large"] = CacheErrorKind.TooLarge,
            ["incomplete"] = CacheErrorKind.Incomplete,
            ["digest_mismatch"] = CacheErrorKind.DigestMismatch,
            ["damaged"] = CacheErrorKind.Damaged,
            ["storage_full"] = CacheErrorKind.StorageFull,
            ["read_only"] = CacheErrorKind.ReadOnly,
            ["conflict"] = CacheErrorKind.Conflict,
            ["io"] = CacheErrorKind.Io,
            ["denied"] = CacheErrorKind.Denied,
            ["timeout"] = CacheErrorKind.Timeout,
            ["unavailable"] = CacheErrorKind.Unavailable,
            ["overloaded"] = CacheErrorKind.Overloaded,
            ["shutting_down"] = CacheErrorKind.ShuttingDown,
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The failure that a call ended with.</summary>
    /// <param name="server">The upstream's name.</param>
    /// <param name="failure">How the call ended.</param>
    public static CacheError ToError(string server, RpcException failure)
    {
        var kind = failure.Trailers.GetValue(FabrikContract.ErrorTrailer) is { } name
            && Kinds.TryGetValue(name, out var known)
                ? known
                : KindOf(failure.StatusCode);
        var detail = ReasonOf(failure) ?? failure.Status.Detail;
        return Create(
            kind,
            $"{server} answered {failure.StatusCode}: {(detail.Length <= MaxDetail ? detail : detail[..MaxDetail])}",
            failure);
    }

    /// <summary>
    /// The server's clock when it failed a call: HTTP servers tell it with every answer, also to those whom they do not
    /// let in. Null where it did not.
    /// </summary>
    public static DateTimeOffset? ClockOf(CacheError error) =>
        error.Cause is RpcException failure
        && DateTimeOffset.TryParseExact(
            failure.Trailers.GetValue("date"), "r", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : null;

    /// <summary>A failure of the upstream.</summary>
    public static CacheError Create(CacheErrorKind kind, string message, Exception? cause = null) =>
        new(kind, CacheErrorSource.Upstream, message, cause);

    /// <summary>What a status means without the trailer.</summary>
    public static CacheErrorKind KindOf(StatusCode code) => code switch
    {
        StatusCode.InvalidArgument => CacheErrorKind.InvalidRequest,
        StatusCode.DeadlineExceeded => CacheErrorKind.Timeout,
        StatusCode.AlreadyExists => CacheErrorKind.Conflict,
        StatusCode.Aborted => CacheErrorKind.Incomplete,
        StatusCode.PermissionDenied or StatusCode.Unauthenticated => CacheErrorKind.Denied,
        StatusCode.ResourceExhausted => CacheErrorKind.Overloaded,
        StatusCode.FailedPrecondition => CacheErrorKind.ReadOnly,
        StatusCode.OutOfRange => CacheErrorKind.TooLarge,
        StatusCode.DataLoss => CacheErrorKind.Damaged,
        // Whoever ended the call, it was not us: that is told apart before.
        StatusCode.Unavailable or StatusCode.Cancelled => CacheErrorKind.Unavailable,
        _ => CacheErrorKind.Io,
    };

    // A token that is refused: one of the challenges says why (RFC 6750 section 3).
    private static string? ReasonOf(RpcException failure)
    {
        if (failure.StatusCode != StatusCode.Unauthenticated)
        {
            return null;
        }

        foreach (var challenge in failure.Trailers.GetAll("www-authenticate"))
        {
            var start = challenge.Value.IndexOf(Reason, StringComparison.Ordinal) + Reason.Length;
            var end = start < Reason.Length ? -1 : challenge.Value.IndexOf('"', start);
            if (end > start)
            {
                return challenge.Value[start..end];
            }
        }

        return null;
    }
}
