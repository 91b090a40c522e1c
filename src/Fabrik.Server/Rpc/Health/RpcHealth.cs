using Fabrik.Server.Admin;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Grpc.Health.V1;
using Microsoft.AspNetCore.Routing;
using ServingStatus = Fabrik.Wire.Protos.Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Fabrik.Server.Rpc.Health;

/// <summary>
/// The service <c>grpc.health.v1.Health</c>. It says of the server, and of every service that is named, whether calls
/// are taken; a service that is not named is not known. Nobody needs a token.
/// </summary>
public sealed class RpcHealth
{
    /// <summary>Calls of <c>Watch</c> at a time; each may last for as long as the server.</summary>
    private const int MaxWatches = 1000;

    private const string ServiceName = "grpc.health.v1.Health";

    /// <summary>How often a watched state is looked at.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly Method<HealthCheckRequest, HealthCheckResponse> CheckMethod =
        Describe(MethodType.Unary, "Check");

    private static readonly Method<HealthCheckRequest, HealthCheckResponse> WatchMethod =
        Describe(MethodType.ServerStreaming, "Watch");

    private readonly HealthServices _health;
    private readonly HashSet<string> _services;
    private readonly CancellationToken _draining;
    private int _watches;

    private RpcHealth(HealthServices health, IEnumerable<string> services, CancellationToken draining)
    {
        _health = health;
        _services = new HashSet<string>(services, StringComparer.Ordinal) { "", ServiceName };
        _draining = draining;
    }

    /// <summary>Maps the service.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="services">Metrics, logs, and when the server begins to end.</param>
    /// <param name="health">What is reported.</param>
    /// <param name="names">The services of this listener, with their packages.</param>
    public static void Map(
        IEndpointRouteBuilder routes, ServerServices services, HealthServices health, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(health);
        ArgumentNullException.ThrowIfNull(names);
        var service = new RpcHealth(health, names, services.Draining);
        var definition = ServerServiceDefinition.CreateBuilder()
            .AddMethod(CheckMethod, service.CheckAsync)
            .AddMethod(WatchMethod, service.WatchAsync)
            .Build();
        routes.MapRpc(definition, RpcDoor.Public(services, "health"));
    }

    private static Method<HealthCheckRequest, HealthCheckResponse> Describe(MethodType type, string name) => new(
        type,
        ServiceName,
        name,
        Marshallers.ForMessage(HealthCheckRequest.Parser),
        Marshallers.ForMessage(HealthCheckResponse.Parser));

    private Task<HealthCheckResponse> CheckAsync(HealthCheckRequest request, ServerCallContext context) =>
        _services.Contains(request.Service)
            ? Task.FromResult(new HealthCheckResponse { Status = Now() })
            : throw new RpcException(new Status(StatusCode.NotFound, "the service is not known here"));

    private async Task WatchAsync(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responses, ServerCallContext context)
    {
        if (Interlocked.Increment(ref _watches) > MaxWatches)
        {
            Interlocked.Decrement(ref _watches);
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted, $"there are {MaxWatches} watches already"));
        }

        try
        {
            var isKnown = _services.Contains(request.Service);
            await WatchAsync(() => isKnown ? Now() : ServingStatus.ServiceUnknown, responses, context);
        }
        finally
        {
            Interlocked.Decrement(ref _watches);
        }
    }

    private async Task WatchAsync(
        Func<ServingStatus> status, IServerStreamWriter<HealthCheckResponse> responses, ServerCallContext context)
    {
        using var timer = new PeriodicTimer(Interval, _health.Time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, _draining);
        ServingStatus? last = null;
        while (!end.IsCancellationRequested)
        {
            var now = status();
            if (now != last)
            {
                await responses.WriteAsync(new HealthCheckResponse { Status = now });
                last = now;
            }

            await WaitAsync(timer, end.Token);
        }

        context.CancellationToken.ThrowIfCancellationRequested();

        // A watch must not hold up the end of the server; whoever watches comes again, elsewhere or later.
        throw new RpcException(new Status(StatusCode.Unavailable, "the server is ending"));
    }

    private static async Task WaitAsync(PeriodicTimer timer, CancellationToken end)
    {
        try
        {
            await timer.WaitForNextTickAsync(end);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The loop sees it.
        }
    }

    private ServingStatus Now() => _health.NotReady() is null && !_draining.IsCancellationRequested
        ? ServingStatus.Serving
        : ServingStatus.NotServing;
}
