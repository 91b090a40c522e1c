using System.Collections.Concurrent;
using System.Net;
using Fabrik.Memcached.Backends;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>A web server that keeps values, as a backend of the type <c>http</c> wants it.</summary>
internal sealed class ValueSite : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Stored> _values = new(StringComparer.Ordinal);
    private readonly WebApplication _app;

    private ValueSite(WebApplication app) => _app = app;

    public Uri Url { get; private set; } = null!;

    public static async Task<ValueSite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http1));
        var site = new ValueSite(builder.Build());
        site._app.Run(site.AnswerAsync);
        await site._app.StartAsync();
        site.Url = new Uri(site._app.Urls.Single() + "/values/");
        return site;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var (request, response) = (http.Request, http.Response);
        var key = request.Path.Value!;
        switch (request.Method)
        {
            case "GET" or "HEAD" when _values.TryGetValue(key, out var found):
                response.Headers[HttpBackend.FlagsHeader] = found.Flags;
                response.Headers[HttpBackend.ExpiryHeader] = found.Expiry;
                response.ContentLength = found.Value.Length;
                await response.Body.WriteAsync(request.Method == "GET" ? found.Value : []);
                break;
            case "PUT":
                var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                var headers = request.Headers;
                var value = new Stored(
                    body.ToArray(), headers[HttpBackend.FlagsHeader], headers[HttpBackend.ExpiryHeader]);
                var isWanted = request.Headers.IfNoneMatch != "*" || !_values.ContainsKey(key);
                response.StatusCode = isWanted ? 201 : 412;
                _values.AddOrUpdate(key, value, (_, before) => isWanted ? value : before);
                break;
            case "DELETE":
                response.StatusCode = _values.TryRemove(key, out _) ? 204 : 404;
                break;
            default:
                response.StatusCode = 404;
                break;
        }
    }

    // Nothing expires: what is left of a life is all of it.
    private sealed record Stored(byte[] Value, string? Flags, string? Expiry);
}
