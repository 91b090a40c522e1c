using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Fabrik.Upstreams.S3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Fabrik.ProtocolTests.S3;

/// <summary>
/// A server that keeps objects as S3 does, as far as a tier asks for that, and misbehaves as a test says: for faults
/// that no real server shows on demand.
/// </summary>
internal sealed class S3Double : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, byte[]> _parts = new();

    private S3Double()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>What a request is answered with instead of its real answer; true when it did.</summary>
    public Func<HttpContext, Task<bool>> Fault { get; set; } = _ => Task.FromResult(false);

    /// <summary>The requests that came, each as method, path and query.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The header fields of the last request.</summary>
    public IHeaderDictionary LastHeaders { get; private set; } = new HeaderDictionary();

    /// <summary>Whether If-None-Match is honoured, or answered with 501.</summary>
    public bool HasConditions { get; init; } = true;

    /// <summary>What the server keeps.</summary>
    public ICollection<string> Keys => _objects.Keys;

    public S3Options Options => new()
    {
        Bucket = "fabrik",
        Endpoint = new Uri(_app.Urls.First()),
        AccessKey = "key",
        SecretKey = "very-secret",
        PartSize = S3Options.MinPartSize,
    };

    public static async Task<S3Double> StartAsync(bool hasConditions = true)
    {
        var server = new S3Double { HasConditions = hasConditions };
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Answers with an error document of S3.</summary>
    public static Task ErrorAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        return context.Response.WriteAsync(
            $"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>said by the double</Message></Error>");
    }

    /// <summary>Answers every request with an error.</summary>
    public void FailAll(int status, string code) => Fault = async context =>
    {
        await ErrorAsync(context, status, code);
        return true;
    };

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        var request = context.Request;
        Requests.Enqueue($"{request.Method} {request.Path}{request.QueryString}");
        LastHeaders = new HeaderDictionary(request.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase));
        if (await Fault(context))
        {
            return;
        }

        var key = request.Path.Value!;
        await (request.Method switch
        {
            "GET" or "HEAD" => ReadAsync(context, key),
            "PUT" => WriteAsync(context, key),
            "POST" => PostAsync(context, key),
            _ => DeleteAsync(context, key),
        });
    }

    private async Task ReadAsync(HttpContext context, string key)
    {
        if (!_objects.TryGetValue(key, out var bytes))
        {
            await ErrorAsync(context, 404, "NoSuchKey");
            return;
        }

        context.Response.Headers.ETag = "\"tag\"";
        context.Response.ContentLength = bytes.Length;
        if (context.Request.Headers.Range is [{ } range])
        {
            var bounds = range["bytes=".Length..].Split('-');
            var first = int.Parse(bounds[0]);
            var last = bounds[1].Length > 0 ? Math.Min(int.Parse(bounds[1]), bytes.Length - 1) : bytes.Length - 1;
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {first}-{last}/{bytes.Length}";
            context.Response.ContentLength = last - first + 1;
            bytes = bytes[first..(last + 1)];
        }

        if (context.Request.Method == "GET")
        {
            await context.Response.Body.WriteAsync(bytes);
        }
    }

    private async Task WriteAsync(HttpContext context, string key)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (context.Request.Query["partNumber"] is [{ } number])
        {
            _parts[int.Parse(number)] = body.ToArray();
            context.Response.Headers.ETag = $"\"part {number}\"";
        }
        else if (!await RefuseAsync(context, key))
        {
            _objects[key] = body.ToArray();
            context.Response.Headers.ETag = "\"tag\"";
        }
    }

    private async Task PostAsync(HttpContext context, string key)
    {
        if (context.Request.Query.ContainsKey("uploads"))
        {
            _parts.Clear();
            await context.Response.WriteAsync(
                "<InitiateMultipartUploadResult><UploadId>upload</UploadId></InitiateMultipartUploadResult>",
                Encoding.UTF8);
        }
        else if (!await RefuseAsync(context, key))
        {
            _objects[key] = [.. _parts.OrderBy(part => part.Key).SelectMany(part => part.Value)];
            await context.Response.WriteAsync(
                "<CompleteMultipartUploadResult><ETag>\"tag\"</ETag></CompleteMultipartUploadResult>");
        }
    }

    private async Task<bool> RefuseAsync(HttpContext context, string key)
    {
        var isConditional = context.Request.Headers.IfNoneMatch == "*"
            || context.Request.Headers["x-goog-if-generation-match"] == "0";
        if (!isConditional || (HasConditions && !_objects.ContainsKey(key)))
        {
            return false;
        }

        await (HasConditions
            ? ErrorAsync(context, 412, "PreconditionFailed")
            : ErrorAsync(context, 501, "NotImplemented"));
        return true;
    }

    private Task DeleteAsync(HttpContext context, string key)
    {
        if (!context.Request.Query.ContainsKey("uploadId"))
        {
            _objects.TryRemove(key, out _);
        }

        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }
}
