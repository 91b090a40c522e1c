using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fabrik.ProtocolTests.Serving;
using Fabrik.Server;
using Fabrik.Server.Admin;
using Fabrik.Server.Rpc;
using Fabrik.Server.Rpc.Health;
using Fabrik.Server.Rpc.Reflection;
using Fabrik.Testing;
using Fabrik.Wire.Protos.Grpc.Health.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.ProtocolTests.Rpc;

/// <summary>A real Kestrel that speaks HTTP/2 without TLS on a free port, with the service of the tests.</summary>
internal sealed class RpcTestServer : IAsyncDisposable
{
    /// <summary>Calls that are served at a time.</summary>
    public const int MaxCalls = 64;

    private readonly WebApplication _app;
    private readonly ServerMetrics _metrics = new();
    private readonly CancellationTokenSource _draining = new();

    private RpcTestServer(RpcServerOptions options, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(IPAddress.Loopback, 0, static listener => listener.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, static listener => listener.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listener =>
            {
                listener.Protocols = HttpProtocols.Http2;
                listener.UseHttps(Certificate);
            });
        });
        builder.Services.AddRoutingCore();
        _app = builder.Build();
        Gate = new RequestGate(MaxCalls, Clock);
        var services = new ServerServices
        {
            Cache = new MemoryTier(),
            Authenticator = Authenticator,
            Options = new ServerOptions(),
            Time = time,
            Logs = NullLoggerFactory.Instance,
            Metrics = _metrics,
            Gate = Gate,
            Draining = _draining.Token,
        };
        Map(services, options);
    }

    public TestClock Clock { get; private init; } = new();

    public EchoService Echo { get; } = new();

    public RequestGate Gate { get; }

    public TestAuthenticator Authenticator { get; } = new() { Open = true };

    public string? NotReady { get; set; }

    /// <summary>Speaks HTTP/2 only.</summary>
    public RpcTestClient Client { get; private set; } = null!;

    /// <summary>Where HTTP/2 is spoken.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>Where HTTP/1.1 is spoken.</summary>
    public Uri Http1Address => new(_app.Urls.ElementAt(1));

    /// <summary>Where HTTP/2 is spoken over TLS.</summary>
    public Uri TlsAddress => new(_app.Urls.ElementAt(2));

    /// <summary>What the server shows there.</summary>
    public X509Certificate2 Certificate { get; } = MakeCertificate();

    /// <summary>Starts a server whose clock stands still.</summary>
    public static Task<RpcTestServer> StartAsync(RpcServerOptions? options = null) => StartAsync(options, clock: null);

    /// <summary>Starts a server for clients that have clocks of their own.</summary>
    public static Task<RpcTestServer> StartOnSystemTimeAsync(RpcServerOptions? options = null) =>
        StartAsync(options, TimeProvider.System);

    /// <summary>Waits until no call is being served any more.</summary>
    public async Task QuietAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (Gate.InFlight > 0)
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <summary>Begins to end, but goes on to listen.</summary>
    public Task DrainAsync() => _draining.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _metrics.Dispose();
        Certificate.Dispose();
        _draining.Dispose();
    }

    private static async Task<RpcTestServer> StartAsync(RpcServerOptions? options, TimeProvider? clock)
    {
        var standing = new TestClock();
        var server = new RpcTestServer(options ?? new RpcServerOptions(), clock ?? standing) { Clock = standing };
        await server._app.StartAsync();
        server.Client = new RpcTestClient(server.Address);
        return server;
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(
            new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2120, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    private void Map(ServerServices services, RpcServerOptions options)
    {
        Echo.Door = RpcDoor.Guarded(services, "echo");
        _app.MapRpc(Echo.Define(), Echo.Door, options);
        RpcHealth.Map(
            _app,
            services,
            new HealthServices { Version = "1.2.3", Time = services.Time, NotReady = () => NotReady },
            [EchoService.Name]);
        RpcReflection.Map(_app, services, [HealthReflection.Descriptor.Services[0]]);
        _app.MapRpcFallback();
    }
}
