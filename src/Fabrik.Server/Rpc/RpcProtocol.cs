using Fabrik.Wire.Grpc;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Rpc;

/// <summary>What a request must be so that it can be answered as a call (gRPC over HTTP/2, "Requests").</summary>
internal static class RpcProtocol
{
    /// <summary>Answers a request that is no call, with a status of HTTP.</summary>
    /// <returns>False if it is a call.</returns>
    public static bool TryRefuse(HttpContext http)
    {
        var (request, response) = (http.Request, http.Response);
        if (!GrpcFields.IsContentType(request.ContentType))
        {
            response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            response.Headers.Accept = GrpcFields.ContentType;
            return true;
        }

        if (!HttpMethods.IsPost(request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            response.Headers.Allow = HttpMethods.Post;
            return true;
        }

        if (!HttpProtocol.IsHttp2(request.Protocol))
        {
            response.StatusCode = StatusCodes.Status426UpgradeRequired;
            response.Headers.Upgrade = "HTTP/2.0";
            return true;
        }

        return false;
    }

    /// <summary>Answers a call for a method that is not there.</summary>
    public static Task RefuseUnknownAsync(HttpContext http)
    {
        if (TryRefuse(http))
        {
            return Task.CompletedTask;
        }

        using var clock = new RpcClock(TimeProvider.System, null, Timeout.InfiniteTimeSpan, http.RequestAborted);
        using var response = new RpcResponse(http, new RpcServerOptions(), clock);
        response.Complete(
            new Status(StatusCode.Unimplemented, "there is no such method on this listener"), trailers: null);
        return Task.CompletedTask;
    }
}
