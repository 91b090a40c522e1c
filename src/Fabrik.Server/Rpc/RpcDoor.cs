using Fabrik.Cache;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Server.Auth;
using Fabrik.Wire.Grpc;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Rpc;

/// <summary>
/// What every call of one service goes through: (1) it passes the gate and is counted; (2) its sender is
/// authenticated; (3) the method runs, and finds its caller with <see cref="PrincipalOf"/>; (4) what it throws becomes
/// a status; (5) it is measured.
/// </summary>
public sealed class RpcDoor
{
    private readonly ServerServices _services;
    private readonly string _tool;
    private readonly bool _isPublic;
    private readonly FaultReport _faults;

    private RpcDoor(ServerServices services, string tool, bool isPublic)
    {
        _services = services;
        _tool = tool;
        _isPublic = isPublic;
        _faults = new FaultReport(services.Metrics, services.Logs.CreateLogger($"Fabrik.Server.{tool}"), tool);
    }

    internal TimeProvider Time => _services.Time;

    internal CancellationToken Draining => _services.Draining;

    /// <summary>A door with a gate, where everybody says who they are.</summary>
    /// <param name="services">Gate, authenticator, metrics, logs, clock.</param>
    /// <param name="tool">The label in metrics and logs.</param>
    public static RpcDoor Guarded(ServerServices services, string tool) => Make(services, tool, isPublic: false);

    /// <summary>A door that asks nobody and turns nobody away, such as that of health checks.</summary>
    /// <param name="services">Metrics, logs, clock.</param>
    /// <param name="tool">The label in metrics and logs.</param>
    public static RpcDoor Public(ServerServices services, string tool) => Make(services, tool, isPublic: true);

    /// <summary>Who calls, if they may do this.</summary>
    /// <exception cref="RpcException">They may not: "permission denied". It is counted.</exception>
    /// <exception cref="InvalidOperationException">The door is public, so that nobody knows.</exception>
    public CachePrincipal PrincipalOf(ServerCallContext context, Permissions needed)
    {
        var principal = context is RpcCall { Principal: { } caller }
            ? caller
            : throw new InvalidOperationException("the call did not come through a door that asks who calls");
        if (principal.May(needed))
        {
            return principal;
        }

        _faults.Refused("forbidden");
        throw new RpcException(new Status(
            StatusCode.PermissionDenied, $"the token does not hold {PermissionNames.Format(needed)}"));
    }

    /// <summary>Counts and logs a failure of the cache, and makes what the method throws to answer with it.</summary>
    public RpcException Fail(CacheError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        _faults.Report(error);
        return RpcAnswers.ExceptionOf(error);
    }

    /// <summary>Counts and logs a failure of one part of a call whose other parts go on.</summary>
    /// <returns>The status of the part.</returns>
    public Status Report(CacheError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        _faults.Report(error);
        return RpcAnswers.StatusOf(error);
    }

    /// <summary>Counts a hit.</summary>
    public void Hit() => _services.Metrics.Hit(_tool);

    /// <summary>Counts a miss.</summary>
    public void Miss() => _services.Metrics.Miss(_tool);

    /// <summary>Counts bytes of artifacts that were sent to the client.</summary>
    public void SentBytes(long count) => _services.Metrics.SentBytes(count);

    /// <summary>Counts bytes of artifacts that came from the client.</summary>
    public void ReceivedBytes(long count) => _services.Metrics.ReceivedBytes(count);

    /// <summary>Serves one call.</summary>
    /// <param name="call">The call; afterwards it has its status.</param>
    /// <param name="operation">The label in metrics.</param>
    /// <param name="method">Reads the requests and writes the responses.</param>
    internal async Task ServeAsync(RpcCall call, string operation, Func<RpcCall, Task> method)
    {
        if (!_isPublic && !_services.Gate.TryEnter())
        {
            _faults.Refused(FaultReport.NameOf(CacheErrorKind.Overloaded));
            call.Fail(new Status(StatusCode.ResourceExhausted, "too many requests are being served; try again later"));
            return;
        }

        var start = _services.Time.GetTimestamp();
        _services.Metrics.Started();
        RequestSpan.Name(_tool, operation);
        try
        {
            if (_isPublic || TryAuthenticate(call))
            {
                await RunAsync(call, method);
            }
        }
        finally
        {
            _services.Metrics.Ended(_tool, operation, _services.Time.GetElapsedTime(start));
            if (!_isPublic)
            {
                _services.Gate.Leave();
            }
        }
    }

    private static RpcDoor Make(ServerServices services, string tool, bool isPublic)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(tool);
        return new RpcDoor(services, tool, isPublic);
    }

    private bool TryAuthenticate(RpcCall call)
    {
        var outcome = _services.Authenticator.Authenticate(call.Http.Request);
        if (outcome.TryGet(out var principal))
        {
            call.Principal = principal;
            return true;
        }

        _faults.Refused("unauthenticated");
        call.Http.Response.Headers.WWWAuthenticate = AuthChallenge.For(outcome.Failure)[0];
        call.Fail(new Status(
            StatusCode.Unauthenticated, "a valid token is required; the field www-authenticate says what is wrong"));
        return false;
    }

    private async Task RunAsync(RpcCall call, Func<RpcCall, Task> method)
    {
        try
        {
            await method(call);
            if (call.End != RpcEnd.None)
            {
                EndEarly(call);
            }
        }
        catch (Exception) when (call.End != RpcEnd.None)
        {
            EndEarly(call);
        }
        catch (RpcException refusal)
        {
            call.Fail(refusal.Status, refusal.Trailers);
        }
        catch (BadHttpRequestException broken)
        {
            _faults.Report(CacheError.Client(CacheErrorKind.Incomplete, broken.Message));
            call.Fail(new Status(StatusCode.Cancelled, "the request ended early, or came too slowly"));
        }
        catch (Exception exception)
        {
            // What went wrong stands in the log; the client is told nothing of the inside.
            _faults.Crashed(exception);
            call.Fail(new Status(StatusCode.Unknown, "the method failed unexpectedly; the server's log says why"));
        }

        if (call.HasBadRequest)
        {
            _faults.Refused(FaultReport.NameOf(CacheErrorKind.InvalidRequest));
        }
    }

    // Whatever a method throws or returns once its call has ended follows from that.
    private void EndEarly(RpcCall call)
    {
        if (call.End == RpcEnd.DeadlineExceeded)
        {
            _faults.Refused("deadline_exceeded");
            call.Fail(new Status(StatusCode.DeadlineExceeded, "the deadline of the call has passed"));
        }
        else if (call.End == RpcEnd.Idle)
        {
            _faults.Refused("idle");
            call.Fail(new Status(StatusCode.Cancelled, "the client neither sent nor took anything for too long"));
        }
    }
}
