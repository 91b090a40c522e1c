using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Fabrik.Composition;
using Fabrik.Composition.Proxies;
using Fabrik.Observability.Logs;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Fabrik.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.ProtocolTests.Proxies;

/// <summary>
/// The proxy as a process composes it, from a configuration's text, with a store of its own, before a scripted origin.
/// </summary>
internal sealed class ComposedProxy : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fabrik-proxy-").FullName;
    private readonly HttpClient _client = new();
    private readonly WebApplication _app;
    private S3ProxyPart? _part;

    private ComposedProxy(TestClock clock, ScriptedOrigin origin)
    {
        (Clock, Origin) = (clock, origin);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(http => _part!.Handler(http));
        _app.UseRouting();
    }

    public TestClock Clock { get; }

    public ScriptedOrigin Origin { get; }

    public S3ProxyPart Part => _part!;

    /// <summary>A configuration with one bucket, named <c>files</c> and served under <c>/files</c>.</summary>
    /// <param name="bucket">More settings of the bucket, as TOML.</param>
    /// <param name="more">More settings, as TOML.</param>
    public static async Task<ComposedProxy> StartAsync(string bucket, string more = "")
    {
        var clock = new TestClock();
        var proxy = new ComposedProxy(clock, await ScriptedOrigin.StartAsync(clock));
        var problems = await proxy.TryStartAsync(proxy.Load(bucket, more));
        if (problems.Count > 0)
        {
            await proxy.DisposeAsync();
            throw new InvalidOperationException(string.Join('\n', problems));
        }

        await proxy._app.StartAsync();
        proxy._client.BaseAddress = new Uri(proxy._app.Urls.Single());
        return proxy;
    }

    /// <summary>Takes other settings, as a reload does.</summary>
    /// <returns>What is wrong with them.</returns>
    public async Task<IReadOnlyList<string>> ReloadAsync(string bucket, string more = "")
    {
        var settings = Load(bucket, more);
        var problems = await Part.CheckAsync(settings, CancellationToken.None);
        return problems.Count > 0 ? problems : await Part.ReconfigureAsync(settings, CancellationToken.None);
    }

    /// <summary>Sends a GET, and reads the whole answer.</summary>
    public async Task<ProxyAnswer> GetAsync(string path, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        using var response = await _client.SendAsync(request);
        var all = response.Headers.NonValidated.ToDictionary(
            static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        return new ProxyAnswer((int)response.StatusCode, all, await response.Content.ReadAsByteArrayAsync());
    }

    /// <summary>A token of HS256.</summary>
    public string Token(string secret, string claims)
    {
        var expires = Clock.GetUtcNow().ToUnixTimeSeconds() + 360_000;
        var input = Encode("""{"alg":"HS256"}""") + "." + Encode($$"""{"exp":{{expires}},{{claims}}}""");
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(input));
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        if (_part is not null)
        {
            await _part.DisposeAsync();
        }

        await Origin.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private SettingsSources Sources => new()
    {
        WorkingDirectory = _folder,
        Environment = new SettingsEnvironment(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = _folder,
        }),
        ConfigPath = Path.Join(_folder, "fabrik.toml"),
    };

    private EffectiveSettings Load(string bucket, string more)
    {
        File.WriteAllText(Path.Join(_folder, "fabrik.toml"), $"""
            {more}
            [s3_proxy.cache.disk]
            dir = "cache"
            [[s3_proxy.buckets]]
            name = "files"
            path_prefix = "/files"
            s3.bucket = "store"
            s3.endpoint = "{Origin.Url.GetLeftPart(UriPartial.Authority)}"
            {(bucket.Contains("access_key", StringComparison.Ordinal) ? "" : "s3.anonymous = true")}
            {bucket}
            """);
        var outcome = SettingsLoader.Load(Sources);
        return outcome.Settings
            ?? throw new InvalidOperationException(string.Join('\n', outcome.Errors.Select(error => error.ToString())));
    }

    private async Task<IReadOnlyList<string>> TryStartAsync(EffectiveSettings settings)
    {
        List<string> problems = [];
        var options = new ProcessOptions
        {
            Settings = settings,
            Sources = Sources,
            Mode = ServingMode.S3Proxy,
            Instance = "test",
            Logs = NullLoggerFactory.Instance,
            LogLevel = new LogLevelSwitch(LogLevel.Information),
            Time = Clock,
        };
        _part = await S3ProxyPart.StartAsync(options, store: null, problems, CancellationToken.None);
        return problems;
    }
}
