using System.Globalization;

namespace Fabrik.Wire.Grpc;

/// <summary>The value of <c>grpc-status</c>, and what stands for it when it is missing.</summary>
public static class StatusFields
{
    private const int CodeCount = (int)StatusCode.Unauthenticated + 1;

    private static readonly string[] Numbers =
        [.. Enumerable.Range(0, CodeCount).Select(static code => code.ToString(CultureInfo.InvariantCulture))];

    /// <summary>The number of a code.</summary>
    public static string Format(StatusCode code) => Numbers[(int)code];

    /// <summary>Reads a number. One that has no name is <see cref="StatusCode.Unknown"/>.</summary>
    /// <returns>False if it is no number.</returns>
    public static bool TryParse(ReadOnlySpan<char> value, out StatusCode code)
    {
        code = StatusCode.Unknown;
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        code = number < CodeCount ? (StatusCode)number : StatusCode.Unknown;
        return true;
    }

    /// <summary>
    /// What an answer without <c>grpc-status</c> means to a client ("HTTP to gRPC Status Code Mapping"). Servers do not
    /// use this.
    /// </summary>
    public static StatusCode FromHttpStatus(int status) => status switch
    {
        400 or 431 => StatusCode.Internal,
        401 => StatusCode.Unauthenticated,
        403 => StatusCode.PermissionDenied,
        404 => StatusCode.Unimplemented,
        429 or 502 or 503 or 504 => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    /// <summary>What a stream that was reset means to a client (gRPC over HTTP/2, "Errors").</summary>
    /// <param name="errorCode">The error code of RST_STREAM (RFC 9113 section 7).</param>
    public static StatusCode FromHttp2Error(long errorCode) => errorCode switch
    {
        0x0 or 0x1 or 0x2 or 0x3 or 0x4 or 0x6 or 0x9 or 0xA => StatusCode.Internal,
        0x7 => StatusCode.Unavailable,
        0x8 => StatusCode.Cancelled,
        0xB => StatusCode.ResourceExhausted,
        0xC => StatusCode.PermissionDenied,
        _ => StatusCode.Unknown,
    };
}
