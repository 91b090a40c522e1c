using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Proxies.Example;

/// <summary><c>examples/s3-proxy.yaml</c> as it is, from the first request to the last.</summary>
public sealed class ExampleFileTests : IAsyncLifetime
{
    // More than the buffers between two processes hold: it is on its way for as long as nobody reads it.
    private const int BigSize = 48 << 20;

    private readonly Sandbox _sandbox = new();
    private ExampleStack _stack = null!;

    public async ValueTask InitializeAsync() => _stack = await ExampleStack.StartAsync(_sandbox);

    [Fact]
    public async Task Buckets_OfTheExample_AreServedToWhomTheyAreFor()
    {
        await _stack.PutAsync("my-products", "a/b.json", Text("{}"));
        await _stack.PutAsync("my-site", "index.html", Text("welcome"));
        await _stack.PutAsync("my-site", "404.html", Text("nothing here"));
        await _stack.PutAsync("my-reports", "2026.csv", Text("1;2"));
        await using var proxy = await _stack.StartProxyAsync(Repository.ProxyExample);
        var admin = await _stack.Issuer.IssueWithAsync("role=admin");
        var user = await _stack.Issuer.IssueWithAsync("role=user");
        var reader = await _stack.Issuer.IssueWithAsync("role=user", "realm_access.roles=reports");

        await ExpectAsync(proxy, 401, "/products/a/b.json");
        await ExpectAsync(proxy, 403, "/products/a/b.json", Bearer(user));
        Assert.Equal("{}", (await ExpectAsync(proxy, 200, "/products/a/b.json", Bearer(admin))).Text);
        Assert.True((await ExpectAsync(proxy, 200, $"/products/a/b.json?token={admin}")).IsHit);
        Assert.True((await ExpectAsync(proxy, 200, "/products/a/b.json", ("x-auth-token", admin))).IsHit);

        Assert.Equal("welcome", (await ExpectAsync(proxy, 200, "/", ("Host", "www.example.com"))).Text);
        var absent = await ExpectAsync(proxy, 404, "/nothing", ("Host", "www.example.com"));
        Assert.Equal("nothing here", absent.Text);
        var page = ("Origin", "https://app.example.com");
        var shared = await ExpectAsync(proxy, 200, "/index.html", ("Host", "www.example.com"), page);
        Assert.Equal("https://app.example.com", shared.Headers["Access-Control-Allow-Origin"]);

        await ExpectAsync(proxy, 403, "/reports/2026.csv", Bearer(admin));
        for (var round = 0; round < 2; round++)
        {
            var report = await ExpectAsync(proxy, 200, "/reports/2026.csv", Bearer(reader));
            Assert.True(report is { Text: "1;2", IsHit: false }, $"{report}");
        }

        Assert.Equal(_stack.Mirror.Object, (await ExpectAsync(proxy, 200, "/mirror/x")).Body);
        Assert.Contains("GET /pub/x", _stack.Mirror.Requests, StringComparer.Ordinal);
        Assert.DoesNotContain(admin, proxy.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(ExampleStack.FirstKeys.SecretKey, proxy.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operators_OfTheExample_WarmPurgeAndCount()
    {
        for (var index = 0; index < 3; index++)
        {
            await _stack.PutAsync("my-products", $"a/{index}.json", Text($"{index}"));
        }

        await using var proxy = await _stack.StartProxyAsync(Repository.ProxyExample);
        var admin = Bearer(await _stack.Issuer.IssueWithAsync("role=admin"));
        var job = await PostAsync(proxy, "warm", """{"bucket":"products","prefix":"a/"}""");
        var path = $"api/v1/s3-proxy/warm/{job.GetProperty("id")}";
        await Poll.UntilAsync(
            async () => (await ReadAsync(proxy, path)).GetProperty("state").GetString() == "done",
            () => $"warming goes on: {proxy.Log}");
        Assert.Equal(3, (await ReadAsync(proxy, path)).GetProperty("done").GetInt32());
        Assert.True((await ExpectAsync(proxy, 200, "/products/a/2.json", admin)).IsHit);

        var purged = await PostAsync(proxy, "purge", """{"bucket":"products","glob":"a/**"}""");
        Assert.Equal(3, purged.GetProperty("purged").GetInt32());
        Assert.False((await ExpectAsync(proxy, 200, "/products/a/2.json", admin)).IsHit);

        var table = (await ReadAsync(proxy, "api/v1/s3-proxy/statistics")).ToString();
        Assert.All((string[])["products", "site", "reports", "mirror"], name => Assert.Contains(name, table));
        var metrics = await proxy.ReadMetricsAsync();
        var hits = metrics.Sum("fabrik_proxy_requests_total", ("bucket", "products"), ("cache", "hit"));
        Assert.Equal(1, hits);
        Assert.Equal(1, metrics.Sum("fabrik_config_generation"));
    }

    [Fact]
    public async Task Reload_WithAnotherBucketAndOtherKeys_DropsNoDownload()
    {
        var big = await PutBigAsync();
        await _stack.PutAsync("my-products", "later.json", Text("later"));
        await _stack.PutAsync("my-reports", "2026.csv", Text("1;2"));
        var text = await File.ReadAllTextAsync(Repository.ProxyExample);
        await using var proxy = await _stack.StartProxyAsync(_sandbox.Write("s3-proxy.yaml", text));
        var admin = await _stack.Issuer.IssueWithAsync("role=admin", "realm_access.roles=reports");
        using var download = await proxy.BeginAsync("/products/big.bin", admin);
        Assert.Equal(200, (int)download.StatusCode);

        text = Replace(text, "path_prefix: /reports", "path_prefix: /papers");
        text = Replace(text, "\"${S3_ACCESS_KEY:-}\"", ExampleStack.SecondKeys.AccessKey);
        text = Replace(text, "\"${S3_SECRET_KEY:-}\"", ExampleStack.SecondKeys.SecretKey);
        await File.WriteAllTextAsync(proxy.ConfigurationFile, text);
        proxy.Send(Signal.Hangup);
        await Poll.UntilAsync(
            async () => (await proxy.GetAsync("/papers/2026.csv", admin)).Status == 200,
            () => $"the bucket does not move: {proxy.Log}");
        await ExpectAsync(proxy, 404, "/reports/2026.csv", Bearer(admin));
        await _stack.RevokeFirstKeysAsync();
        Assert.Equal("later", (await ExpectAsync(proxy, 200, "/products/later.json", Bearer(admin))).Text);
        Assert.Equal(big, await download.Content.ReadAsByteArrayAsync());

        await File.WriteAllTextAsync(proxy.ConfigurationFile, Replace(text, "ttl: 5m", "ttl: soon"));
        proxy.Send(Signal.Hangup);
        await Poll.UntilAsync(
            async () => (await proxy.ReadMetricsAsync()).Sum("fabrik_config_refused_total") > 0,
            () => $"what is wrong is not refused: {proxy.Log}");
        await ExpectAsync(proxy, 200, "/papers/2026.csv", Bearer(admin));
    }

    [Fact]
    public async Task Termination_InADownload_WaitsForItsEnd()
    {
        var big = await PutBigAsync();
        await using var proxy = await _stack.StartProxyAsync(Repository.ProxyExample);
        using var download = await proxy.BeginAsync(
            "/products/big.bin", await _stack.Issuer.IssueWithAsync("role=admin"));
        proxy.Send(Signal.Terminate);
        await Readiness.EndsAsync(proxy.Ports);
        Assert.Equal(big, await download.Content.ReadAsByteArrayAsync());
        var end = await proxy.WaitForEndAsync();
        Assert.True(end.ExitCode == 0, end.Everything);
    }

    public async ValueTask DisposeAsync()
    {
        await _stack.DisposeAsync();
        _sandbox.Dispose();
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static (string Name, string Value) Bearer(string token) => ("Authorization", $"Bearer {token}");

    private static string Replace(string text, string old, string by)
    {
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, by, StringComparison.Ordinal);
    }

    private static async Task<ProxyAnswer> ExpectAsync(
        ProxyServer proxy, int status, string target, params (string Name, string Value)[] headers)
    {
        var answer = await proxy.AskAsync(HttpMethod.Get, target, headers);
        Assert.True(answer.Status == status, $"{target}: {answer}\n{proxy.Log}");
        return answer;
    }

    private static async Task<JsonElement> PostAsync(ProxyServer proxy, string what, string body)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using var answer = await proxy.Http.PostAsync(new Uri(proxy.Operators, $"api/v1/s3-proxy/{what}"), content);
        Assert.True(answer.IsSuccessStatusCode, $"{answer}\n{proxy.Log}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static Task<JsonElement> ReadAsync(ProxyServer proxy, string path) =>
        proxy.Http.GetFromJsonAsync<JsonElement>(new Uri(proxy.Operators, path));

    private async Task<byte[]> PutBigAsync()
    {
        var bytes = new byte[BigSize];
        new Random(1).NextBytes(bytes);
        await _stack.PutAsync("my-products", "big.bin", bytes);
        return bytes;
    }
}
