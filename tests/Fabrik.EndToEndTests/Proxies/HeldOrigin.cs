using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fabrik.EndToEndTests.Proxies;

/// <summary>
/// An origin in the test with one object under every path: it counts what is asked, and stops in the middle of the body
/// until it is let go.
/// </summary>
internal sealed class HeldOrigin : IAsyncDisposable
{
    private const int Half = 2 << 20;

    private readonly WebApplication _app;
    private readonly byte[] _object;
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _requests = new();

    private HeldOrigin(int seed)
    {
        _object = new byte[2 * Half];
        new Random(seed).NextBytes(_object);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public int Port { get; private set; }

    /// <summary>What every path has.</summary>
    public byte[] Object => _object;

    /// <summary>What was asked: method, path, and the range where only a part was.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    public static async Task<HeldOrigin> StartAsync(int seed = 1)
    {
        HeldOrigin origin = new(seed);
        await origin._app.StartAsync();
        origin.Port = new Uri(origin._app.Urls.Single()).Port;
        return origin;
    }

    /// <summary>Lets the rest of all bodies go.</summary>
    public void Release() => _released.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Release();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        _requests.Enqueue($"{context.Request.Method} {context.Request.Path} {context.Request.Headers.Range}".Trim());
        var response = context.Response;
        response.Headers.ETag = "\"one\"";
        response.Headers.CacheControl = "max-age=3600";
        response.ContentLength = _object.Length;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        await response.Body.WriteAsync(_object.AsMemory(0, Half), context.RequestAborted);
        await response.Body.FlushAsync(context.RequestAborted);
        await _released.Task.WaitAsync(context.RequestAborted);
        await response.Body.WriteAsync(_object.AsMemory(Half), context.RequestAborted);
    }
}
