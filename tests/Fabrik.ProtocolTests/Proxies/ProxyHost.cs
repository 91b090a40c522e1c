using System.Net;
using System.Text;
using Fabrik.Cache;
using Fabrik.Proxies.Configuration;
using Fabrik.Proxies.Origins;
using Fabrik.Proxies.Serving;
using Fabrik.Proxies.Site;
using Fabrik.Proxies.Telemetry;
using Fabrik.Server.Transport;
using Fabrik.Testing;
using Fabrik.Wire.Http.Caching;
using Fabrik.Wire.S3.Signing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.ProtocolTests.Proxies;

/// <summary>
/// A real Kestrel with a caching proxy over a tier in memory, before a scripted origin; slices have 64 KiB.
/// </summary>
internal sealed class ProxyHost : IAsyncDisposable
{
    public const int SliceSize = 64 * 1024;

    private readonly WebApplication _app;
    private readonly ProxyMetrics _metrics = new();

    private ProxyHost(
        TestClock clock, ScriptedOrigin origin, Func<ProxyHost, ProxyOptions> options, ICacheTier? store)
    {
        Clock = clock;
        Origin = origin;
        Options = options(this);
        Front = new FrontDoor(
            new ProxyServices
            {
                Store = store ?? Tier,
                Time = Clock,
                Logs = NullLoggerFactory.Instance,
                Metrics = _metrics,
                SliceSize = SliceSize,
                SliceMemory = 64 * SliceSize,
                Random = new Random(1),
            },
            new FrontOptions { Proxy = Options });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
            kestrel.Listen(IPAddress.Loopback, 0, static listener =>
            {
                listener.Protocols = HttpProtocols.Http1;
                listener.UseDirectOutput(TimeProvider.System, slowest: null);
            });
        });
        _app = builder.Build();
        _app.Run(Front.Handler);
    }

    public TestClock Clock { get; }

    public MemoryTier Tier { get; } = new();

    public ScriptedOrigin Origin { get; }

    public ProxyOptions Options { get; }

    public FrontDoor Front { get; }

    public ProxyDoor Door => Front.Door;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>Begins to listen.</summary>
    /// <param name="options">The settings; null for a bucket of an object store.</param>
    /// <param name="store">Where it keeps things instead of in <see cref="Tier"/>.</param>
    /// <param name="clock">The time, where the store has it already.</param>
    public static async Task<ProxyHost> StartAsync(
        Func<ProxyHost, ProxyOptions>? options = null, ICacheTier? store = null, TestClock? clock = null)
    {
        clock ??= new TestClock();
        var origin = await ScriptedOrigin.StartAsync(clock);
        var host = new ProxyHost(clock, origin, options ?? (static host => host.S3()), store);
        await host._app.StartAsync();
        host.Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new Uri(host._app.Urls.Single()),
            Timeout = TimeSpan.FromSeconds(20),
        };
        return host;
    }

    /// <summary>Takes other settings.</summary>
    public void Reload(FrontOptions options) => Front.Reload(options);

    /// <summary>A bucket of an object store under <c>/files</c>, fresh for an hour, with credentials.</summary>
    public ProxyOptions S3(Func<ProxyBucketOptions, ProxyBucketOptions>? change = null)
    {
        var bucket = new ProxyBucketOptions
        {
            Name = "files",
            PathPrefix = "/files",
            Origin = OriginOf(new S3ReplicaOptions
            {
                Bucket = "store",
                Region = "eu-central-1",
                Credentials = static _ => ValueTask.FromResult<SigningCredentials?>(new("AKID", "secret")),
            }),
            Cache = new CacheRule
            {
                Freshness = new CachingOptions
                {
                    MinLifetime = TimeSpan.FromHours(1),
                    MaxLifetime = TimeSpan.FromHours(1),
                    DefaultStaleIfError = TimeSpan.FromHours(1),
                },
            },
        };
        return new ProxyOptions { Buckets = [change is null ? bucket : change(bucket)] };
    }

    /// <summary>A plain HTTP origin at every path.</summary>
    public ProxyOptions Http() => new()
    {
        Buckets = [new ProxyBucketOptions { Name = "web", Kind = OriginKind.Http, Origin = OriginOf(null) }],
    };

    /// <summary>The scripted origin.</summary>
    public OriginOptions OriginOf(S3ReplicaOptions? s3) => new()
    {
        Name = "origin",
        Replicas = [new ReplicaOptions { Name = "one", Url = Origin.Url, S3 = s3 }],
        Retries = 0,
        RetriesStatuses = s3 is not null,
    };

    /// <summary>Sends one request, and reads the whole answer.</summary>
    public async Task<ProxyAnswer> SendAsync(
        string method, string path, params (string Name, string Value)[] headers)
    {
        var uri = new Uri(
            Client.BaseAddress!.GetLeftPart(UriPartial.Authority) + path,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(new HttpMethod(method), uri);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Client.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();
        var all = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).ToDictionary(
            static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        return new ProxyAnswer((int)response.StatusCode, all, body);
    }

    public Task<ProxyAnswer> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync("GET", path, headers);

    /// <summary>Waits until nothing is under way; no memory may be left over.</summary>
    public async Task SettleAsync()
    {
        await Wait.UntilAsync(() => Door.State.Fetches.Count == 0);
        await Wait.UntilAsync(() => Door.State.Flights.Count == 0 && Door.Budget.Used == 0);
        await Door.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await Front.DisposeAsync();
        await Origin.DisposeAsync();
        _metrics.Dispose();
    }
}

/// <summary>An answer, read to its end.</summary>
internal sealed record ProxyAnswer(int Status, Dictionary<string, string> Headers, byte[] Body)
{
    public string? this[string header] => Headers.GetValueOrDefault(header);

    public string CacheStatus => this["Cache-Status"] ?? "";

    public string Text => Encoding.UTF8.GetString(Body);
}
