using Xunit;

namespace Fabrik.ProtocolTests.Proxies;

/// <summary>What a configuration makes of the proxy: keys, tokens, replicas, limits; and another, later.</summary>
public sealed class CompositionTests
{
    private const string Shared = """
        [s3_proxy.jwt]
        secret = "shared-secret-of-the-proxy-with-32-bytes"
        issuer = "issuer"
        claims = [{ claim = "role", value = "reader" }]
        """;

    private const string SharedSecret = "shared-secret-of-the-proxy-with-32-bytes";
    private const string OwnSecret = "own-secret-of-the-bucket-with-32-bytes-";

    private const string Other = """
        [[s3_proxy.buckets]]
        name = "other"
        path_prefix = "/other"
        s3.bucket = "store"
        s3.endpoint = "ENDPOINT"
        s3.anonymous = true
        auth.enabled = true
        """;

    [Fact]
    public async Task Request_IsSignedWithTheBucketsKeys()
    {
        await using var proxy = await ComposedProxy.StartAsync("""
            s3.access_key = "AKID"
            s3.secret_key = "hush"
            s3.session_token = "session"
            s3.region = "eu-1"
            """);
        proxy.Origin.Put("/store/a", 10, "\"1\"");
        Assert.Equal(200, (await proxy.GetAsync("/files/a")).Status);
        var call = Assert.Single(proxy.Origin.Calls);
        Assert.StartsWith(
            "AWS4-HMAC-SHA256 Credential=AKID/20300102/eu-1/s3/aws4_request", call["Authorization"],
            StringComparison.Ordinal);
        Assert.Equal("session", call["x-amz-security-token"]);
    }

    [Fact]
    public async Task Replicas_AreAskedByPriority_EachWithItsOwnTimeout()
    {
        await using var second = await ScriptedOrigin.StartAsync(new Fabrik.Testing.TestClock());
        second.Put("/west/a", 20, "\"1\"");
        await using var proxy = await ComposedProxy.StartAsync(
            $$"""
            s3.timeout = "2s"
            s3.replicas = [
              { name = "never", bucket = "none", priority = 9 },
              { name = "west", bucket = "west", endpoint = "{{second.Url.GetLeftPart(UriPartial.Authority)}}" }]
            """,
            "[s3_proxy.origin]\nhealth_interval = \"none\"");
        proxy.Origin.Answer = static http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        var asked = proxy.GetAsync("/files/a");
        await Fabrik.Testing.Wait.UntilAsync(() => proxy.Origin.Calls.Count == 1);
        proxy.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((200, 20), ((await asked).Status, (await asked).Body.Length));
        Assert.Single(second.Calls);
    }

    [Fact]
    public async Task Tokens_OfABucket_ReplaceWhatTheySet()
    {
        await using var proxy = await ComposedProxy.StartAsync($"""
            auth.enabled = true
            auth.jwt.secret = "{OwnSecret}"
            """, Shared);
        proxy.Origin.Put("/store/a", 10, "\"1\"");
        const string reader = "\"iss\":\"issuer\",\"role\":\"reader\"";
        Assert.Equal(200, await StatusAsync(proxy, OwnSecret, reader));
        Assert.Equal(401, await StatusAsync(proxy, SharedSecret, reader));
        Assert.Equal(403, await StatusAsync(proxy, OwnSecret, "\"iss\":\"issuer\",\"role\":\"guest\""));
        Assert.Equal(401, await StatusAsync(proxy, OwnSecret, "\"iss\":\"another\",\"role\":\"reader\""));
        Assert.Equal(401, (await proxy.GetAsync("/files/a")).Status);
    }

    [Fact]
    public async Task Reload_ToAnotherKey_HoldsForTheNextRequest()
    {
        await using var proxy = await ComposedProxy.StartAsync("auth.enabled = true", Shared);
        proxy.Origin.Put("/store/a", 10, "\"1\"");
        const string reader = "\"iss\":\"issuer\",\"role\":\"reader\"";
        Assert.Equal(200, await StatusAsync(proxy, SharedSecret, reader));
        Assert.Empty(await proxy.ReloadAsync($"auth.enabled = true\nauth.jwt.secret = \"{OwnSecret}\"", Shared));
        Assert.Equal(401, await StatusAsync(proxy, SharedSecret, reader));
        Assert.Equal(200, await StatusAsync(proxy, OwnSecret, reader));
        Assert.Empty(await proxy.ReloadAsync("auth.enabled = false", Shared));
        Assert.Equal(200, (await proxy.GetAsync("/files/a")).Status);
        Assert.Single(proxy.Origin.Calls);
    }

    [Fact]
    public async Task Reload_WithAKeyFileThatIsMissing_ChangesNothing()
    {
        await using var proxy = await ComposedProxy.StartAsync("auth.enabled = true", Shared);
        proxy.Origin.Put("/store/a", 10, "\"1\"");
        var other = Other.Replace(
            "ENDPOINT", proxy.Origin.Url.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        var problems = await proxy.ReloadAsync($"""
            auth.enabled = false
            {other}
            auth.jwt.public_key_file = "missing.pem"
            """, Shared);
        Assert.Contains("missing.pem", Assert.Single(problems), StringComparison.Ordinal);
        Assert.Equal(401, (await proxy.GetAsync("/files/a")).Status);
        Assert.Equal(404, (await proxy.GetAsync("/other/a")).Status);
        Assert.Empty(await proxy.ReloadAsync($"auth.enabled = false\n{other}", Shared));
        Assert.Equal(200, (await proxy.GetAsync("/files/a")).Status);
        Assert.Equal(401, (await proxy.GetAsync("/other/a")).Status);
    }

    [Fact]
    public async Task Reload_OfLimits_GoesOnCounting()
    {
        await using var proxy = await ComposedProxy.StartAsync("rate_limit.requests_per_second = 2");
        proxy.Origin.Put("/store/a", 10, "\"1\"");
        Assert.Equal(200, (await proxy.GetAsync("/files/a")).Status);
        Assert.Empty(await proxy.ReloadAsync("rate_limit.requests_per_second = 2\ncache.ttl = \"1m\""));
        Assert.Equal(200, (await proxy.GetAsync("/files/a")).Status);
        var third = await proxy.GetAsync("/files/a");
        Assert.Equal((429, "1"), (third.Status, third["Retry-After"]));
    }

    private static async Task<int> StatusAsync(ComposedProxy proxy, string secret, string claims) =>
        (await proxy.GetAsync("/files/a", proxy.Token(secret, claims))).Status;
}
