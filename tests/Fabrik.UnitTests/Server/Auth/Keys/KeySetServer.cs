using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fabrik.UnitTests.Server.Auth.Keys;

/// <summary>A real HTTP server on a port of its own, which answers as a test says.</summary>
internal sealed class KeySetServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private KeySetServer(WebApplication app) => _app = app;

    /// <summary>Answers every request.</summary>
    public RequestDelegate Answer { get; set; } = _ => Task.CompletedTask;

    public int Requests => Volatile.Read(ref _requests);

    public Uri Url => new(_app.Urls.Single() + "/keys");

    public static async Task<KeySetServer> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        KeySetServer server = new(builder.Build()) { Answer = answer };
        server._app.Run(context =>
        {
            Interlocked.Increment(ref server._requests);
            return server.Answer(context);
        });
        await server._app.StartAsync();
        return server;
    }

    /// <summary>An answer with a text.</summary>
    public static RequestDelegate Text(string text, int status = 200) => async context =>
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(text);
    };

    /// <summary>An answer that leads elsewhere.</summary>
    public static RequestDelegate Redirect(string location, int status = 302) => context =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = location;
        return Task.CompletedTask;
    };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
