using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Fabrik.Testing;
using Fabrik.Wire.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Fabrik.ProtocolTests.Proxies;

/// <summary>
/// A server with objects that answers as S3 does, or as a test says, and remembers what it was asked.
/// </summary>
internal sealed class ScriptedOrigin : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _left;

    private ScriptedOrigin(TestClock clock)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, static listener => listener.Protocols = HttpProtocols.Http1);
        });
        _app = builder.Build();
        _app.Run(async context =>
        {
            Calls.Enqueue(new OriginCall(context));
            context.Response.Headers.Date = HttpDate.Format(clock.GetUtcNow());
            try
            {
                await (Answer ?? ServeAsync)(context);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref _left);
            }
        });
    }

    /// <summary>The objects, by their path.</summary>
    public ConcurrentDictionary<string, OriginObject> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>What it was asked, oldest first.</summary>
    public ConcurrentQueue<OriginCall> Calls { get; } = new();

    /// <summary>Requests whose sender left before the end.</summary>
    public int Left => Volatile.Read(ref _left);

    /// <summary>What it does instead; null serves the objects.</summary>
    public RequestDelegate? Answer { get; set; }

    /// <summary>Is awaited before the bytes from an offset on are sent.</summary>
    public Func<long, CancellationToken, Task>? Before { get; set; }

    public Uri Url => new(_app.Urls.Single());

    public static async Task<ScriptedOrigin> StartAsync(TestClock clock)
    {
        var origin = new ScriptedOrigin(clock);
        await origin._app.StartAsync();
        return origin;
    }

    public OriginObject Put(string path, int size, string tag)
    {
        var bytes = new byte[size];
        new Random(tag.Length + tag[1]).NextBytes(bytes);
        return Objects[path] = new OriginObject(bytes, tag);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    /// <summary>Serves the objects.</summary>
    public async Task ServeAsync(HttpContext http)
    {
        var path = new OriginCall(http).Target.Split('?')[0];
        var response = http.Response;
        if (!Objects.TryGetValue(path, out var found))
        {
            response.StatusCode = 404;
            await response.WriteAsync("<Error><Code>NoSuchKey</Code></Error>", http.RequestAborted);
            return;
        }

        response.Headers.ETag = found.Tag;
        response.Headers.LastModified = "Sun, 01 Jan 2029 00:00:00 GMT";
        response.Headers["x-amz-meta-colour"] = "blue";
        response.ContentType = "text/plain";
        if (http.Request.Headers.IfMatch is [{ } wanted] && wanted != found.Tag)
        {
            response.StatusCode = 412;
        }
        else if (http.Request.Headers.IfNoneMatch.ToString().Contains(found.Tag, StringComparison.Ordinal))
        {
            response.StatusCode = 304;
        }
        else
        {
            await SendAsync(http, found);
        }
    }

    private async Task SendAsync(HttpContext http, OriginObject found)
    {
        var (offset, end) = (0L, (long)found.Bytes.Length);
        if (http.Request.Headers.Range is [{ } range])
        {
            var parts = range["bytes=".Length..].Split('-');
            offset = long.Parse(parts[0], CultureInfo.InvariantCulture);
            end = parts[1].Length == 0 ? end : Math.Min(end, long.Parse(parts[1], CultureInfo.InvariantCulture) + 1);
            if (offset >= end)
            {
                http.Response.StatusCode = 416;
                return;
            }

            http.Response.StatusCode = 206;
            http.Response.Headers.ContentRange = $"bytes {offset}-{end - 1}/{found.Bytes.Length}";
        }

        http.Response.ContentLength = end - offset;
        while (offset < end && !HttpMethods.IsHead(http.Request.Method))
        {
            if (Before is { } before)
            {
                await http.Response.Body.FlushAsync(http.RequestAborted);
                await before(offset, http.RequestAborted);
            }

            var count = (int)Math.Min(16 * 1024, end - offset);
            await http.Response.Body.WriteAsync(found.Bytes.AsMemory((int)offset, count), http.RequestAborted);
            offset += count;
        }
    }
}

/// <summary>An object.</summary>
internal sealed record OriginObject(byte[] Bytes, string Tag);

/// <summary>A request that an origin got.</summary>
internal sealed record OriginCall(string Method, string Target, Dictionary<string, string> Headers)
{
    public OriginCall(HttpContext http)
        : this(
            http.Request.Method,
            http.Features.Get<IHttpRequestFeature>()!.RawTarget,
            http.Request.Headers.ToDictionary(
                static header => header.Key,
                static header => header.Value.ToString(),
                StringComparer.OrdinalIgnoreCase))
    {
    }

    public string? this[string header] => Headers.GetValueOrDefault(header);
}
