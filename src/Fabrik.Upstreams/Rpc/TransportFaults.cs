using System.Security.Authentication;
using Fabrik.Wire.Grpc;

namespace Fabrik.Upstreams.Rpc;

/// <summary>
/// The table of statuses for what goes wrong below gRPC. What concerns one stream has the code that the specification
/// gives it (gRPC over HTTP/2, "Errors"); what concerns the connection, or the way to it, is <c>UNAVAILABLE</c>. What
/// this side cancels never comes here: it ends the call first, and decides.
/// </summary>
internal static class TransportFaults
{
    /// <summary>The status of an exception that sending or reading gave.</summary>
    public static Status ToStatus(Exception fault) => fault switch
    {
        RpcException rpc => rpc.Status,
        _ when Find<HttpProtocolException>(fault) is { } protocol => OfProtocol(protocol),
        HttpRequestException http => OfRequest(http),
        IOException => Unavailable("the connection broke off", fault),
        OperationCanceledException when Find<TimeoutException>(fault) is not null =>
            Unavailable("no connection within the time for it", fault),
        OperationCanceledException => Unavailable("the connection broke off", fault),
        ObjectDisposedException => new Status(StatusCode.Cancelled, "the channel is closed", fault),
        _ => new Status(StatusCode.Internal, $"{fault.GetType().Name}: {fault.Message}", fault),
    };

    private static Status OfProtocol(HttpProtocolException fault)
    {
        // Only the text tells a stream that was reset from a connection that was closed (GOAWAY), broke the protocol or
        // does not answer pings; tests hold the runtime to it. If it changes, connections get the codes of streams.
        var isConnection = fault.Message.Contains("connection", StringComparison.OrdinalIgnoreCase)
            || fault.Message.Contains("ping", StringComparison.OrdinalIgnoreCase);
        return isConnection
            ? Unavailable("the HTTP/2 connection ended", fault)
            : new Status(StatusFields.FromHttp2Error(fault.ErrorCode), Describe("the stream ended", fault), fault);
    }

    private static Status OfRequest(HttpRequestException fault) => fault.HttpRequestError switch
    {
        HttpRequestError.ConfigurationLimitExceeded =>
            new Status(StatusCode.ResourceExhausted, Describe("the answer is over a limit", fault), fault),
        HttpRequestError.NameResolutionError => Unavailable("the name of the server has no address", fault),
        HttpRequestError.SecureConnectionError when Find<AuthenticationException>(fault) is { } tls =>
            Unavailable("TLS with the server failed", tls),
        HttpRequestError.ConnectionError => Unavailable("there is no connection to the server", fault),
        _ => Unavailable("the connection broke off", fault.InnerException ?? fault),
    };

    private static Status Unavailable(string what, Exception fault) =>
        new(StatusCode.Unavailable, Describe(what, fault), fault);

    private static string Describe(string what, Exception fault) => $"{what}: {fault.Message}";

    private static T? Find<T>(Exception? fault)
        where T : Exception
    {
        while (fault is not null and not T)
        {
            fault = fault.InnerException;
        }

        return (T?)fault;
    }
}
