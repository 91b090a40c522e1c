using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Fabrik.ProtocolTests.HttpUpstream;

/// <summary>A server on a free port of loopback that answers as a test says, and remembers what it was asked.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StubServer(X509Certificate2? certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listener =>
            {
                if (certificate is null)
                {
                    listener.Protocols = HttpProtocols.Http1;
                }
                else
                {
                    listener.UseHttps(certificate);
                }
            });
        });
        _app = builder.Build();
        _app.Run(async context =>
        {
            Requests.Enqueue(new StubRequest(context.Request));
            await Answer(context);
        });
    }

    /// <summary>What it does with a request.</summary>
    public RequestDelegate Answer { get; set; } = static context =>
    {
        context.Response.StatusCode = 404;
        return Task.CompletedTask;
    };

    /// <summary>What it was asked, oldest first.</summary>
    public ConcurrentQueue<StubRequest> Requests { get; } = new();

    public Uri Url { get; private set; } = null!;

    public static async Task<StubServer> StartAsync(X509Certificate2? certificate = null)
    {
        var server = new StubServer(certificate);
        await server._app.StartAsync();
        var url = server._app.Urls.Single();
        server.Url = new Uri(url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal) + "/");
        return server;
    }

    /// <summary>Answers everything with one status.</summary>
    public void AnswerStatus(int status, params (string Name, string Value)[] headers) => Answer = context =>
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        return Task.CompletedTask;
    };

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}

/// <summary>The head of a request that a server got.</summary>
internal sealed record StubRequest(string Method, string Path, string Protocol, Dictionary<string, string> Headers)
{
    public StubRequest(HttpRequest request)
        : this(
            request.Method,
            request.Path.Value ?? "",
            request.Protocol,
            request.Headers.ToDictionary(
                static header => header.Key,
                static header => header.Value.ToString(),
                StringComparer.OrdinalIgnoreCase))
    {
    }

    public string? this[string header] => Headers.GetValueOrDefault(header);
}
