using Fabrik.Cache;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Server.Adapters.Serving;

/// <summary>
/// What every request of one tool goes through. A request lives so: (1) it passes the gate and is counted; (2) its
/// sender is authenticated; (3) the adapter turns it into an <see cref="ArtifactRequest"/>; (4) the responder or the
/// receiver checks permission and key and asks the cache; (5) the <see cref="AnswerTable"/> puts the outcome into the
/// tool's words; (6) it is measured.
/// </summary>
internal sealed class ToolDoor
{
    /// <summary>What is taken in from a stranger to keep the connection: documents and small artifacts.</summary>
    private const int MaxStrangersBytes = 64 * 1024;

    /// <summary>What is dropped after the answer, so that it is heard.</summary>
    private const int MaxStrangersLinger = 64 * 1024 * 1024;

    private readonly ServerServices _services;
    private readonly string _tool;

    public ToolDoor(ServerServices services, string tool, AnswerTable answers)
    {
        _services = services;
        _tool = tool;
        Answers = answers;
        Faults = new FaultReport(services.Metrics, services.Logs.CreateLogger($"Fabrik.Server.{tool}"), tool);
        Responder = new ArtifactResponder(services, Faults, answers, tool);
        Receiver = new ArtifactReceiver(services, Faults, answers, tool);
    }

    /// <summary>The tool's words.</summary>
    public AnswerTable Answers { get; }

    /// <summary>Where failures are counted and logged.</summary>
    public FaultReport Faults { get; }

    /// <summary>Answers reads.</summary>
    public ArtifactResponder Responder { get; }

    /// <summary>Takes writes.</summary>
    public ArtifactReceiver Receiver { get; }

    /// <summary>A route's handler: <paramref name="serve"/>, for whoever is authenticated.</summary>
    /// <param name="operation">The label in metrics: read, write, delete, or the protocol's own.</param>
    /// <param name="serve">The adapter's part.</param>
    public RequestDelegate Open(string operation, Func<HttpContext, CachePrincipal, ValueTask> serve) =>
        context => ServeAsync(context, operation, serve);

    /// <summary>Maps GET, HEAD and PUT of an artifact.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="route">The path of one artifact.</param>
    /// <param name="read">Turns a request into what it asks for.</param>
    public void MapArtifacts(
        IEndpointRouteBuilder routes, string route, Func<HttpContext, CachePrincipal, ArtifactRequest> read)
    {
        routes.MapMethods(route, ["GET", "HEAD"], Open("read", (http, principal) =>
            Responder.RespondAsync(read(http, principal))));
        routes.MapMethods(route, ["PUT"], Open("write", (http, principal) =>
            Receiver.ReceiveAsync(read(http, principal))));
    }

    private async Task ServeAsync(
        HttpContext context, string operation, Func<HttpContext, CachePrincipal, ValueTask> serve)
    {
        if (!_services.Gate.TryEnter())
        {
            await TurnAwayAsync(context);
            return;
        }

        var start = _services.Time.GetTimestamp();
        _services.Metrics.Started();
        RequestSpan.Name(_tool, operation);
        try
        {
            var outcome = _services.Authenticator.Authenticate(context.Request);
            if (outcome.TryGet(out var principal))
            {
                await serve(context, principal);
            }
            else
            {
                await ChallengeAsync(context, outcome.Failure);
            }
        }
        catch (BadHttpRequestException broken)
        {
            Faults.Report(CacheError.Client(CacheErrorKind.Incomplete, broken.Message));
            await FailAsync(context, CacheErrorKind.Incomplete);
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            // A bug of ours must not end a build either: the tool hears what it hears when a disk fails.
            Faults.Crashed(exception);
            await FailAsync(context, CacheErrorKind.Io);
        }
        finally
        {
            _services.Metrics.Ended(_tool, operation, _services.Time.GetElapsedTime(start));
            _services.Gate.Leave();
        }
    }

    private async Task TurnAwayAsync(HttpContext context)
    {
        Faults.Refused(FaultReport.NameOf(CacheErrorKind.Overloaded));
        var body = new UnwantedBody(context, _services);
        await body.TakeInAsync(MaxStrangersBytes);
        await body.AnswerAsync(
            () => Answers.SendAsync(context.Response, FaultFor(context.Request.Method, CacheErrorKind.Overloaded)),
            Math.Max(_services.Options.MaxArtifactSize, UnwantedBody.MinLingerBytes));
    }

    private async Task ChallengeAsync(HttpContext context, AuthFailure failure)
    {
        Faults.Refused("unauthenticated");
        var response = context.Response;
        response.Headers.WWWAuthenticate = AuthChallenge.For(failure);
        var body = new UnwantedBody(context, _services);
        await body.TakeInAsync(MaxStrangersBytes);
        await body.AnswerAsync(() => Answers.SendAsync(response, Answers.Unauthenticated), MaxStrangersLinger);
    }

    private Task FailAsync(HttpContext context, CacheErrorKind kind)
    {
        if (context.Response.HasStarted || context.Response.BodyWriter.UnflushedBytes > 0)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.Clear();
        return Answers.SendAsync(context.Response, FaultFor(context.Request.Method, kind));
    }

    private Answer FaultFor(string method, CacheErrorKind kind) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? Answers.ReadFault(kind) : Answers.WriteFault(kind);
}
