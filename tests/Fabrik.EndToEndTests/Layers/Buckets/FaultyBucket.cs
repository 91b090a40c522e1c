using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Fabrik.EndToEndTests.Layers.Buckets;

/// <summary>
/// A proxy before an S3 server, which passes everything on until it is told to do otherwise. Faults are those of S3
/// itself: well-formed HTTP that says or brings the wrong thing.
/// </summary>
internal sealed class FaultyBucket : IAsyncDisposable
{
    private const string WrongTag = "\"00112233445566778899aabbccddeeff\"";

    private static readonly HashSet<string> NotPassedOn = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Expect",
    };

    private readonly WebApplication _app;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    private readonly CancellationTokenSource _end = new();
    private readonly int _target;
    private CancellationTokenSource _fault = new();
    private int _faulted;

    private FaultyBucket(int target)
    {
        _target = target;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>Where to connect.</summary>
    public int Port { get; private set; }

    /// <summary>What happens to what passes from now on.</summary>
    public BucketFault Fault { get; private set; }

    /// <summary>How many answers a fault has changed.</summary>
    public int Faulted => _faulted;

    public static async Task<FaultyBucket> StartAsync(S3Server server)
    {
        var bucket = new FaultyBucket(server.Port);
        await bucket._app.StartAsync();
        bucket.Port = new Uri(bucket._app.Urls.Single()).Port;
        return bucket;
    }

    /// <summary>Changes what happens, and ends what hangs.</summary>
    public async Task BecomeAsync(BucketFault fault)
    {
        Fault = fault;
        var before = Interlocked.Exchange(ref _fault, new CancellationTokenSource());
        await before.CancelAsync();
        before.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await BecomeAsync(BucketFault.Failing);
        await _app.StopAsync(_end.Token);
        await _app.DisposeAsync();
        _http.Dispose();
        _fault.Dispose();
        _end.Dispose();
    }

    private Task AnswerAsync(HttpContext context) => Fault switch
    {
        BucketFault.SlowingDown => RefuseAsync(context, 503, "SlowDown", "Please reduce your request rate."),
        BucketFault.Failing => RefuseAsync(context, 500, "InternalError", "We encountered an internal error."),
        BucketFault.Refusing => RefuseAsync(context, 403, "AccessDenied", "Access Denied"),
        BucketFault.Hanging => HangAsync(context),
        _ => ForwardAsync(context, Fault),
    };

    private async Task RefuseAsync(HttpContext context, int status, string code, string message)
    {
        Interlocked.Increment(ref _faulted);
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        if (context.Request.Method != "HEAD")
        {
            await context.Response.WriteAsync($"<Error><Code>{code}</Code><Message>{message}</Message></Error>");
        }
    }

    private async Task HangAsync(HttpContext context)
    {
        Interlocked.Increment(ref _faulted);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _fault.Token);
        await Task.Delay(Timeout.Infinite, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Abort();
    }

    private async Task ForwardAsync(HttpContext context, BucketFault fault)
    {
        using var request = Copy(context);
        using var answer = await _http.SendAsync(request, context.RequestAborted);
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
        {
            if (!NotPassedOn.Contains(name))
            {
                response.Headers[name] = values.ToArray();
            }
        }

        if (fault == BucketFault.Mistagging && response.Headers.ContainsKey("ETag"))
        {
            Interlocked.Increment(ref _faulted);
            response.Headers.ETag = WrongTag;
        }

        await SendAsync(context, answer, fault);
    }

    private async Task SendAsync(HttpContext context, HttpResponseMessage answer, BucketFault fault)
    {
        var body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        var length = context.Request.Method == "HEAD" ? answer.Content.Headers.ContentLength : body.Length;
        context.Response.ContentLength = answer.StatusCode == HttpStatusCode.NoContent ? null : length;
        var isObject = context.Request.Method == "GET" && answer.IsSuccessStatusCode && body.Length > 0
            && answer.Content.Headers.ContentType?.MediaType != "application/xml";
        if (isObject && fault == BucketFault.Corrupting)
        {
            Interlocked.Increment(ref _faulted);
            body[^1] ^= 0x55;
        }

        if (isObject && fault == BucketFault.Truncating)
        {
            Interlocked.Increment(ref _faulted);
            await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
            return;
        }

        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    // The host stays the one that was asked for: it is signed.
    private HttpRequestMessage Copy(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method),
            new Uri(
                string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_target}{target}"),
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Headers.Host = context.Request.Host.Value;
        if (context.Request.ContentLength is { } length)
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.ContentLength = length;
        }

        foreach (var (name, values) in context.Request.Headers)
        {
            if (name != "Host" && !NotPassedOn.Contains(name)
                && !request.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        return request;
    }
}
