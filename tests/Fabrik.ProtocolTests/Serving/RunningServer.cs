using System.Net;
using Fabrik.Server;
using Fabrik.Server.Adapters.Bazel.Http;
using Fabrik.Server.Admin;
using Fabrik.Server.Transport;
using Fabrik.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.ProtocolTests.Serving;

/// <summary>A real Kestrel on a free port of loopback, with every route, over a tier in memory.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    /// <summary>Requests that are served at a time.</summary>
    public const int MaxRequests = 64;

    private readonly WebApplication _app;
    private readonly ServerMetrics _metrics = new();
    private readonly CancellationTokenSource _draining = new();

    private RunningServer(ServerOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            // Whatever ends a request in a test is a limit of ours, by the test's clock.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, static listener =>
            {
                listener.Protocols = HttpProtocols.Http1;
                listener.UseDirectOutput(TimeProvider.System, slowest: null);
            });
        });
        _app = builder.Build();
        Gate = new RequestGate(MaxRequests, Clock);
        _app.UsePlainFraming();
        _app.UseBazelInstances();
        _app.UseRouting();
        ServerRoutes.Map(_app, new ServerServices
        {
            Cache = Tier,
            Authenticator = Authenticator,
            Options = options,
            Time = Clock,
            Logs = NullLoggerFactory.Instance,
            Metrics = _metrics,
            Gate = Gate,
            Draining = _draining.Token,
        });
        _app.MapHealth(new HealthServices
        {
            Version = "1.2.3",
            Time = Clock,
            NotReady = () => NotReady,
            Degraded = () => Degraded,
        });
    }

    public TestClock Clock { get; } = new();

    public RequestGate Gate { get; }

    public MemoryTier Tier { get; } = new();

    public TestAuthenticator Authenticator { get; } = new() { Open = true };

    /// <summary>Sends to the server; follows nothing and adds nothing.</summary>
    public HttpClient Client { get; private set; } = null!;

    public string? NotReady { get; set; }

    public string? Degraded { get; set; }

    public static async Task<RunningServer> StartAsync(ServerOptions? options = null)
    {
        var server = new RunningServer(options ?? new ServerOptions());
        await server._app.StartAsync();
        server.Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new Uri(server._app.Urls.Single()),
        };
        return server;
    }

    /// <summary>Begins to end, as on SIGTERM, but goes on to listen.</summary>
    public Task DrainAsync() => _draining.CancelAsync();

    /// <summary>Sends one request.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        string method,
        string path,
        byte[]? body = null,
        string? token = null,
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
        }

        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        foreach (var (name, value) in headers)
        {
            Assert.True(
                request.Headers.TryAddWithoutValidation(name, value)
                || request.Content?.Headers.TryAddWithoutValidation(name, value) is true);
        }

        return await Client.SendAsync(request);
    }

    /// <summary>Sends one request, for its status alone.</summary>
    public async Task<int> StatusAsync(string method, string path, byte[]? body = null, string? token = null)
    {
        using var response = await SendAsync(method, path, body, token);
        return (int)response.StatusCode;
    }

    /// <summary>A bare connection, for requests that no client library would send.</summary>
    public Task<RawConnection> ConnectAsync() => RawConnection.OpenAsync(Client.BaseAddress!.Port);

    /// <summary>Sends bytes as they are, and reads one answer; its sender then goes away.</summary>
    public async Task<RawAnswer> SendRawAsync(string request)
    {
        await using var connection = await ConnectAsync();
        await connection.SendAsync(request);
        return await connection.ReadAnswerAsync();
    }

    /// <summary>Sends a part of a request, ends, and waits until the server has given it up.</summary>
    public async Task BreakOffAsync(string request)
    {
        await using var connection = await ConnectAsync();
        await connection.SendAsync(request);
        connection.EndSending();
        await connection.WaitForCloseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _metrics.Dispose();
        _draining.Dispose();
    }
}
