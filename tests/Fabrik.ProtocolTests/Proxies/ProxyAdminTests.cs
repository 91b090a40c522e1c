using System.Net.Http.Json;
using System.Text.Json;
using Fabrik.Proxies.Admin;
using Fabrik.Server.Auth;
using Fabrik.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fabrik.ProtocolTests.Proxies;

/// <summary>Purging, warming and statistics, as an operator asks for them.</summary>
public sealed class ProxyAdminTests
{
    [Theory]
    [InlineData("key", "a/1", 1)]
    [InlineData("key", "/none", 0)]
    [InlineData("prefix", "a/", 3)]
    [InlineData("glob", "a/*", 2)]
    [InlineData("glob", "/a/**", 3)]
    [InlineData("glob", "**/3", 1)]
    public async Task Purge_OfKeys_IsOfThoseAlone(string way, string what, int expected)
    {
        await using var host = await ProxyHost.StartAsync();
        await using var admin = await AdminHost.StartAsync(host, OpenAuthenticator.Instance);
        string[] keys = ["a/1", "a/2", "a/b/3", "c"];
        foreach (var key in keys)
        {
            host.Origin.Put($"/store/{key}", 1000, "\"1\"");
            await host.GetAsync($"/files/{key}");
        }

        await host.SettleAsync();
        var (status, json) = await admin.PostAsync(
            "purge", new Dictionary<string, string>(StringComparer.Ordinal) { ["bucket"] = "files", [way] = what });
        Assert.Equal((200, expected), (status, json.GetProperty("purged").GetInt32()));
        var before = host.Origin.Calls.Count;
        foreach (var key in keys)
        {
            await host.GetAsync($"/files/{key}");
        }

        Assert.Equal(expected, host.Origin.Calls.Count - before);
    }

    [Fact]
    public async Task Warm_OfKeys_BringsThemIn()
    {
        await using var host = await ProxyHost.StartAsync();
        await using var admin = await AdminHost.StartAsync(host, OpenAuthenticator.Instance);
        host.Origin.Put("/store/a", 200_000, "\"1\"");
        var (status, json) = await admin.PostAsync("warm", new { bucket = "files", keys = new[] { "a", "none" } });
        Assert.Equal(202, status);
        var job = await admin.WhenEndedAsync(json.GetProperty("id").GetInt64());
        Assert.Equal(
            ("done", 2, 1, 1, 200_000),
            (job.GetProperty("state").GetString(), job.GetProperty("total").GetInt32(),
                job.GetProperty("done").GetInt32(), job.GetProperty("failed").GetInt32(),
                job.GetProperty("bytes").GetInt32()));
        await host.SettleAsync();
        Assert.Contains("; hit", (await host.GetAsync("/files/a")).CacheStatus, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warm_OfAPrefix_AsksTheBucketForItsKeys()
    {
        await using var host = await ProxyHost.StartAsync();
        await using var admin = await AdminHost.StartAsync(host, OpenAuthenticator.Instance);
        host.Origin.Put("/store/x%20y", 10, "\"1\"");
        host.Origin.Put("/store/x2", 20, "\"1\"");
        host.Origin.Answer = http => http.Request.Query["list-type"] != "2"
            ? host.Origin.ServeAsync(http)
            : http.Response.WriteAsync(http.Request.Query["continuation-token"] == "more"
                ? "<ListBucketResult><Contents><Key>x2</Key></Contents></ListBucketResult>"
                : "<ListBucketResult><Contents><Key>x+y</Key><Size>1</Size></Contents>"
                    + "<NextContinuationToken>more</NextContinuationToken></ListBucketResult>");
        var (_, json) = await admin.PostAsync("warm", new { bucket = "files", prefix = "x" });
        var job = await admin.WhenEndedAsync(json.GetProperty("id").GetInt64());
        Assert.Equal(
            ("done", 2, 30),
            (job.GetProperty("state").GetString(), job.GetProperty("done").GetInt32(),
                job.GetProperty("bytes").GetInt32()));
    }

    [Fact]
    public async Task Requests_ThatAreWrong_AreToldWhatIsExpected()
    {
        await using var host = await ProxyHost.StartAsync();
        await using var admin = await AdminHost.StartAsync(host, OpenAuthenticator.Instance);
        Assert.Equal(400, (await admin.PostAsync("purge", new { bucket = "files" })).Status);
        Assert.Equal(400, (await admin.PostAsync("purge", new { bucket = "files", key = 1 })).Status);
        Assert.Equal(400, (await admin.PostAsync("warm", new[] { 1 })).Status);
        Assert.Equal(404, (await admin.PostAsync("purge", new { bucket = "other", key = "a" })).Status);
    }

    [Fact]
    public async Task Requests_WithoutTheRight_ChangeNothing()
    {
        await using var host = await ProxyHost.StartAsync();
        await using var admin = await AdminHost.StartAsync(host, new Reader());
        Assert.Equal(403, (await admin.PostAsync("purge", new { bucket = "files", key = "a" })).Status);
    }

    [Fact]
    public async Task Changes_FromAWebPage_AreRefused()
    {
        await using var host = await ProxyHost.StartAsync();
        await using var admin = await AdminHost.StartAsync(host, OpenAuthenticator.Instance);
        var question = new { bucket = "files", key = "a" };
        Assert.Equal(403, (await admin.PostAsync("purge", question, ("Origin", "https://elsewhere.example"))).Status);
        Assert.Equal(200, (await admin.PostAsync("purge", question)).Status);
    }

    private sealed class Reader : IRequestAuthenticator
    {
        public AuthOutcome Authenticate(HttpRequest request) =>
            AuthenticateToken([]);

        public AuthOutcome AuthenticateToken(ReadOnlySpan<char> token) =>
            new CachePrincipal { Subject = "reader", Permissions = Permissions.Read };
    }

    private sealed class AdminHost(WebApplication app, AdminRoutes routes) : IAsyncDisposable
    {
        private readonly HttpClient _client = new() { BaseAddress = new Uri(app.Urls.Single()) };

        public static async Task<AdminHost> StartAsync(ProxyHost host, IRequestAuthenticator operators)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            AdminRoutes routes = new(host.Front, host.Tier, operators);
            routes.Map(app);
            await app.StartAsync();
            return new AdminHost(app, routes);
        }

        public async Task<(int Status, JsonElement Json)> PostAsync<T>(
            string what, T document, params (string Name, string Value)[] headers)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, $"/api/v1/s3-proxy/{what}");
            request.Content = JsonContent.Create(document);
            foreach (var (name, value) in headers)
            {
                request.Headers.Add(name, value);
            }

            using var response = await _client.SendAsync(request);
            return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
        }

        public async Task<JsonElement> WhenEndedAsync(long id)
        {
            await Wait.UntilAsync(() => routes.HasEnded(id));
            return await _client.GetFromJsonAsync<JsonElement>($"/api/v1/s3-proxy/warm/{id}");
        }

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            await routes.DisposeAsync();
            await app.DisposeAsync();
        }
    }
}
