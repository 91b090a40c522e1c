using System.Net;
using System.Text;
using System.Text.Json;
using Fabrik.Composition;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fabrik.UnitTests.Composition.Proxies;

/// <summary>One process with the build cache and the proxy: before another one's S3 API.</summary>
[Collection(nameof(ServingFixture))]
public sealed class ServerWithProxyTests
{
    private const string Name = "x-amz-meta-name";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Proxy_BeforeAnS3Api_KeepsWhatItFetched(bool isAlone)
    {
        ServingMode mode = isAlone ? ServingMode.S3Proxy : ServingMode.Server;
        await using ServingFixture origin = new();
        await using ServingFixture serving = new();
        IReadOnlyList<ListenerRole> behind = await origin.StartAsync(ServingMode.Server);
        serving.Folder.Write("fabrik.toml", Configuration(behind));
        IReadOnlyList<ListenerRole> listeners = await serving.StartAsync(mode);
        using HttpClient client = Client();
        await client.PutAsync(new Uri(Url(behind, "s3"), "/fabrik/a//b%20c"), new StringContent("body"), Ended);
        Uri file = new(Url(listeners, "s3-proxy"), "/files/a//b%20c");
        Assert.Equal("body", await client.GetStringAsync(file, Ended));
        await origin.Process.DrainAsync();
        Assert.Equal("body", await client.GetStringAsync(file, Ended));
        Assert.Equal(!isAlone, listeners.Any(role => role.Plan.Name == "http"));
    }

    [Fact]
    public async Task Headers_OfTheS3Api_AreTheSameBesideAProxy()
    {
        await using ServingFixture alone = new();
        await using ServingFixture both = new();
        IReadOnlyList<ListenerRole> behind = await alone.StartAsync(ServingMode.Server);
        both.Folder.Write("fabrik.toml", Configuration(behind));
        IReadOnlyList<ListenerRole> listeners = await both.StartAsync(ServingMode.Server);
        using HttpClient client = Client();
        Assert.Equal("=?UTF-8?B?Z3LDvG4=?=", await NameKeptAsync(client, Url(behind, "s3")));
        Assert.Equal("=?UTF-8?B?Z3LDvG4=?=", await NameKeptAsync(client, Url(listeners, "s3")));
    }

    [Fact]
    public async Task Reload_ThatTheProxyRefuses_ChangesNothingElse()
    {
        await using ServingFixture serving = new();
        serving.Folder.Write("fabrik.toml", Configuration([]));
        await serving.StartAsync(ServingMode.Server);
        serving.Folder.Write("fabrik.toml", $"""
            observability.log_level = "debug"
            {Configuration([])}
            auth.enabled = true
            auth.jwt.public_key_file = "missing.pem"
            """);
        ReloadOutcome refused = await serving.ReloadAsync();
        Assert.Contains("missing.pem", Assert.Single(refused.Problems), StringComparison.Ordinal);
        Assert.Equal((1, LogLevel.Information), (refused.Generation, serving.LogLevel.Level));
        serving.Folder.Write("fabrik.toml", $"observability.log_level = \"debug\"\n{Configuration([])}");
        Assert.Equal((2, LogLevel.Debug), ((await serving.ReloadAsync()).Generation, serving.LogLevel.Level));
    }

    [Fact]
    public async Task Reload_ByTheAdminApi_SaysHowItWent()
    {
        await using ServingFixture serving = new();
        serving.Folder.Write("fabrik.toml", Configuration([]));
        IReadOnlyList<ListenerRole> listeners = await serving.StartAsync(ServingMode.Server);
        Uri reload = new(Url(listeners, "metrics"), "/api/v1/reload");
        using HttpClient client = Client();
        using HttpResponseMessage early = await client.PostAsync(reload, content: null, Ended);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, early.StatusCode);
        serving.Process.Reload = serving.ReloadAsync;
        serving.Folder.Write("fabrik.toml", $"observability.log_level = \"lots\"\n{Configuration([])}");
        (HttpStatusCode status, JsonElement json) = await PostAsync(client, reload);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, 1), (status, json.GetProperty("generation").GetInt32()));
        Assert.Contains("log_level", json.GetProperty("errors")[0].GetString(), StringComparison.Ordinal);
        serving.Folder.Write("fabrik.toml", $"observability.log_level = \"debug\"\n{Configuration([])}");
        (status, json) = await PostAsync(client, reload);
        Assert.Equal((HttpStatusCode.OK, 2), (status, json.GetProperty("generation").GetInt32()));
        Assert.Equal("observability.log_level", json.GetProperty("changed")[0].GetString());
        string metrics = await client.GetStringAsync(new Uri(reload, "/metrics"), Ended);
        Assert.Contains("\nfabrik_config_generation 2\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nfabrik_config_refused_total 1\n", metrics, StringComparison.Ordinal);
        string statistics = await client.GetStringAsync(new Uri(reload, "/api/v1/s3-proxy/statistics"), Ended);
        Assert.StartsWith("{\"generation\":2,", statistics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithTheProxyAtThePortOfBuildTools_SaysSoBeforeAnythingIsMade()
    {
        await using ServingFixture serving = new();
        serving.Folder.Write("fabrik.toml", Configuration([]));
        string problem = Assert.Single(await serving.TryStartAsync(
            ServingMode.Server, "--config-s3-proxy-bind=0.0.0.0:18080", "--config-build-tools-port=18080"));
        Assert.StartsWith("s3_proxy.bind: expected an address of its own", problem, StringComparison.Ordinal);
        Assert.False(Directory.Exists(serving.StoreFolder));
    }

    private static async Task<(HttpStatusCode Status, JsonElement Json)> PostAsync(HttpClient client, Uri url)
    {
        using HttpResponseMessage answer = await client.PostAsync(url, content: null, Ended);
        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ended));
        return (answer.StatusCode, json.RootElement.Clone());
    }

    private static async Task<string> NameKeptAsync(HttpClient client, Uri api)
    {
        Uri file = new(api, "/fabrik/named");
        using HttpRequestMessage put = new(HttpMethod.Put, file) { Content = new StringContent("x") };
        put.Headers.TryAddWithoutValidation(Name, "grün");
        using HttpResponseMessage stored = await client.SendAsync(put, Ended);
        using HttpResponseMessage found = await client.GetAsync(file, Ended);
        return found.Headers.GetValues(Name).Single();
    }

    private static HttpClient Client() => new(new SocketsHttpHandler
    {
        RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
    });

    private static Uri Url(IReadOnlyList<ListenerRole> listeners, string name) =>
        listeners.Single(role => role.Plan.Name == name).LocalUrl;

    private static string Endpoint(IReadOnlyList<ListenerRole> behind) =>
        behind.Count > 0 ? Url(behind, "s3").GetLeftPart(UriPartial.Authority) : "http://127.0.0.1:1";

    private static string Configuration(IReadOnlyList<ListenerRole> behind) => $"""
        s3_proxy.bind = "127.0.0.1:0"
        s3_proxy.cache.disk.dir = "proxied"
        [[s3_proxy.buckets]]
        name = "files"
        path_prefix = "/files"
        cache.min_ttl = "1h"
        s3.bucket = "fabrik"
        s3.anonymous = true
        s3.endpoint = "{Endpoint(behind)}"
        """;
}
