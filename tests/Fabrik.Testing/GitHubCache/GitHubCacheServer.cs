using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fabrik.Testing.GitHubCache;

/// <summary>
/// A double of GitHub's cache service, version 2, and of the blob storage behind it, on a free port of loopback: Twirp
/// in JSON and protobuf, signed URLs that end, and the part of Azure's protocol that its clients speak.
/// </summary>
public sealed class GitHubCacheServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GitHubCacheServer(TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        _app = builder.Build();
        Blobs = new BlobStorage(time);
        var service = new CacheService(this);
        _app.Run(context => context.Request.Path.StartsWithSegments("/blobs", StringComparison.Ordinal)
            ? Blobs.AnswerAsync(this, context)
            : service.AnswerAsync(context));
    }

    /// <summary>The service's root: <c>ACTIONS_RESULTS_URL</c>.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>The only token that is taken: <c>ACTIONS_RUNTIME_TOKEN</c>.</summary>
    public string Token { get; set; } = "job-token";

    /// <summary>Whether the token may store.</summary>
    public bool MayWrite { get; set; } = true;

    /// <summary>Whether the token may read.</summary>
    public bool MayRead { get; set; } = true;

    /// <summary>
    /// Looks at a call (a method of the service, or <c>Put Blob</c>, <c>Put Block</c>, <c>Put Block List</c>,
    /// <c>Get Blob</c>) before it is served; true when it has answered, and nothing else shall.
    /// </summary>
    public Func<string, HttpContext, Task<bool>> Intercept { get; set; } = static (_, _) => Task.FromResult(false);

    /// <summary>The calls that came, oldest first.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>The storage behind the service.</summary>
    public BlobStorage Blobs { get; }

    /// <summary>The entries, by version and key; a null size is a reservation.</summary>
    public ConcurrentDictionary<(string Version, string Key), CacheEntry> Entries { get; } = new();

    /// <summary>Starts to listen.</summary>
    public static async Task<GitHubCacheServer> StartAsync(TimeProvider time)
    {
        var server = new GitHubCacheServer(time);
        await server._app.StartAsync();
        server.Url = new Uri(server._app.Urls.Single() + "/");
        return server;
    }

    /// <summary>What a job's environment holds.</summary>
    public string? Variable(string name) => name switch
    {
        "GITHUB_ACTIONS" => "true",
        "GITHUB_SERVER_URL" => "https://github.com",
        "ACTIONS_CACHE_SERVICE_V2" => "True",
        "ACTIONS_RESULTS_URL" => Url.AbsoluteUri,
        "ACTIONS_RUNTIME_TOKEN" => Token,
        _ => null,
    };

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    internal async Task<bool> IsInterceptedAsync(string call, HttpContext context)
    {
        Calls.Enqueue(call);
        return await Intercept(call, context);
    }
}

/// <summary>One entry of the cache.</summary>
/// <param name="Blob">Where its bytes are.</param>
/// <param name="Size">How many; null while they are being uploaded.</param>
public sealed record CacheEntry(string Blob, long? Size);
