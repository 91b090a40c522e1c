using Fabrik.Server.Adapters.Serving;
using Fabrik.Wire.Grpc;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Fabrik.Server.Rpc;

/// <summary>Answers the requests of one method.</summary>
/// <param name="method">The method.</param>
/// <param name="door">What calls go through.</param>
/// <param name="options">Limits.</param>
/// <param name="serve">Reads the requests and writes the responses.</param>
internal sealed class RpcEndpoint(IMethod method, RpcDoor door, RpcServerOptions options, Func<RpcCall, Task> serve)
{
    /// <summary>
    /// A request lives so: (1) it is a POST of gRPC over HTTP/2, of exactly this path; (2) its time-out is read, and
    /// the clock runs; (3) it passes the door, where the method answers; (4) it ends with a status.
    /// </summary>
    public async Task ServeAsync(HttpContext http)
    {
        // (1) Routing does not heed case; gRPC does.
        if (http.Request.Path.Value != method.FullName)
        {
            await RpcProtocol.RefuseUnknownAsync(http);
            return;
        }

        if (RpcProtocol.TryRefuse(http))
        {
            return;
        }

        // (2)
        var isTimeoutGood = TryReadTimeout(http.Request, out var timeout);
        LiftServerLimits(http);
        using var clock = new RpcClock(door.Time, timeout, options.IdleTimeout, http.RequestAborted);
        using var call = new RpcCall(http, method, options, clock);
        if (isTimeoutGood)
        {
            // (3)
            await door.ServeAsync(call, method.Name, serve);
        }
        else
        {
            call.Fail(new Status(
                StatusCode.Internal,
                $"{GrpcFields.Timeout} must have 1 to 8 digits and one of H, M, S, m, u and n behind them"));
        }

        // (4)
        call.Complete();
    }

    private static bool TryReadTimeout(HttpRequest request, out TimeSpan? timeout)
    {
        timeout = null;
        if (!request.Headers.TryGetValue(GrpcFields.Timeout, out var value))
        {
            return true;
        }

        var isGood = GrpcTimeout.TryParse(value.ToString(), out var limit);
        timeout = isGood ? limit : null;
        return isGood;
    }

    // Messages have a limit of their own; a stream of them may last, and may rest, as long as its method likes.
    private void LiftServerLimits(HttpContext http)
    {
        UnwantedBody.LiftServerLimit(http);
        if (method.Type is MethodType.ClientStreaming or MethodType.DuplexStreaming
            && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }
}
