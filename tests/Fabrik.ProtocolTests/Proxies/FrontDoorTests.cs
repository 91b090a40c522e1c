using System.Security.Cryptography;
using System.Text;
using Fabrik.Proxies.Access;
using Fabrik.Proxies.Limits;
using Fabrik.Proxies.Site;
using Fabrik.Server.Auth;
using Fabrik.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.ProtocolTests.Proxies;

/// <summary>Tokens, sites and pages of other origins, before a real Kestrel.</summary>
public sealed class FrontDoorTests
{
    private static readonly RSA Key = RSA.Create(2048);

    private static readonly TokenSource[] Sources =
        [new(TokenSourceKind.Bearer), new(TokenSourceKind.Query, "jwt"), new(TokenSourceKind.Header, "x-auth-token")];

    [Fact]
    public async Task Token_InTheQuery_ReachesNeitherOriginNorKey()
    {
        await using var host = await ProxyHost.StartAsync();
        await using var authentication = await AuthenticateAsync(host);
        host.Reload(Guarded(host, authentication));
        host.Origin.Put("/store/a", 1000, "\"1\"");
        var (one, other) = (Token(host, "admin", "ann"), Token(host, "admin", "bob"));
        Assert.Equal(200, (await host.GetAsync($"/files/a?jwt={one}")).Status);
        await host.SettleAsync();
        var second = await host.GetAsync($"/files/a?jwt={other}");
        Assert.Contains("; hit", second.CacheStatus, StringComparison.Ordinal);
        Assert.Equal(200, (await host.GetAsync("/files/a", ("x-auth-token", one))).Status);
        Assert.Equal(200, (await host.GetAsync("/files/a", ("Authorization", $"Bearer {one}"))).Status);
        var call = Assert.Single(host.Origin.Calls);
        Assert.DoesNotContain("jwt", call.Target, StringComparison.Ordinal);
        Assert.All(call.Headers.Values, value => Assert.DoesNotContain(one, value, StringComparison.Ordinal));
        // Counted once the answer is out.
        await Wait.UntilAsync(() => host.Front.Statistics.Of("files").Hits == 3);
    }

    [Fact]
    public async Task Token_ThatIsMissingOrMayNot_IsToldApartBeforeTheCacheIsAsked()
    {
        await using var host = await ProxyHost.StartAsync();
        await using var authentication = await AuthenticateAsync(host);
        host.Reload(Guarded(host, authentication));
        host.Origin.Put("/store/a", 1000, "\"1\"");
        Assert.Equal(200, (await host.GetAsync($"/files/a?jwt={Token(host, "admin", "ann")}")).Status);
        var nobody = await host.GetAsync("/files/a");
        var guest = await host.GetAsync($"/files/a?jwt={Token(host, "guest", "eve")}");
        Assert.Equal((401, 403), (nobody.Status, guest.Status));
        Assert.StartsWith("Bearer", nobody["WWW-Authenticate"], StringComparison.Ordinal);
        Assert.Contains("request_id", guest.Text, StringComparison.Ordinal);
        await Wait.UntilAsync(() => host.Front.Statistics.Of("files").Refused == 2);
    }

    [Fact]
    public async Task Site_ServesIndexErrorAndPage()
    {
        await using var host = await ProxyHost.StartAsync();
        SiteRule rule = new()
        {
            IndexDocument = "index.html",
            ErrorDocument = "404.html",
            FallbackDocument = "app.html",
        };
        host.Reload(new FrontOptions
        {
            Proxy = host.Options,
            Sites = new Dictionary<string, SiteRule>(StringComparer.Ordinal) { ["files"] = rule },
        });
        var (index, missing, app) = (
            host.Origin.Put("/store/docs/index.html", 100, "\"i\""),
            host.Origin.Put("/store/404.html", 200, "\"e\""),
            host.Origin.Put("/store/app.html", 300, "\"p\""));
        var (folder, absent, page) = (
            await host.GetAsync("/files/docs/"),
            await host.GetAsync("/files/x.png", ("If-None-Match", "\"e\""), ("Range", "bytes=0-1")),
            await host.GetAsync("/files/users/7"));
        Assert.Equal((200, 404, 200), (folder.Status, absent.Status, page.Status));
        Assert.Equal(index.Bytes, folder.Body);
        Assert.Equal(missing.Bytes, absent.Body);
        Assert.Equal(app.Bytes, page.Body);
        host.Origin.Objects.TryRemove("/store/404.html", out _);
        await host.Front.Door.PurgeAsync(new("files", "/404.html"), isSoft: false, CancellationToken.None);
        var none = await host.GetAsync("/files/y.png");
        Assert.Equal(404, none.Status);
        Assert.Contains("NotFound", none.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/files", "/files/")]
    [InlineData("/files?a=b", "/files/?a=b")]
    public async Task Site_WithoutItsSlash_IsLedToItsIndex(string path, string location)
    {
        await using var host = await ProxyHost.StartAsync();
        host.Reload(new FrontOptions
        {
            Proxy = host.Options,
            Sites = new Dictionary<string, SiteRule>(StringComparer.Ordinal)
            {
                ["files"] = new SiteRule { IndexDocument = "index.html" },
            },
        });
        var answer = await host.GetAsync(path);
        Assert.Equal((302, location), (answer.Status, answer["Location"]));
        Assert.Empty(host.Origin.Calls);
    }

    [Fact]
    public async Task Cors_PreflightNeedsNoToken_AndAnswersSayWhoMayRead()
    {
        await using var host = await ProxyHost.StartAsync();
        await using var authentication = await AuthenticateAsync(host);
        CorsRule rule = new() { Origins = ["https://app.example"] };
        host.Reload(Guarded(host, authentication) with
        {
            Cors = new Dictionary<string, CorsRule>(StringComparer.Ordinal) { ["files"] = rule },
        });
        host.Origin.Put("/store/a", 1000, "\"1\"");
        var preflight = await host.SendAsync(
            "OPTIONS", "/files/a", ("Origin", "https://app.example"), ("Access-Control-Request-Method", "GET"));
        var page = await host.GetAsync($"/files/a?jwt={Token(host, "admin", "a")}", ("Origin", "https://app.example"));
        var other = await host.GetAsync(
            $"/files/a?jwt={Token(host, "admin", "a")}", ("Origin", "https://evil.example"));
        Assert.Equal((204, "GET, HEAD"), (preflight.Status, preflight["Access-Control-Allow-Methods"]));
        Assert.Equal("https://app.example", page["Access-Control-Allow-Origin"]);
        Assert.Equal((200, null), (other.Status, other["Access-Control-Allow-Origin"]));
        Assert.Contains("Origin", other["Vary"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 429, "TooManyRequests")]
    [InlineData(true, 503, "TooManyConnections")]
    public async Task Limit_ThatIsReached_SaysWhichAndWhenToComeAgain(bool isFull, int status, string code)
    {
        await using var host = await ProxyHost.StartAsync();
        var options = isFull ? new RequestLimitOptions { Concurrency = 1 } : new RequestLimitOptions { Rate = 1 };
        RequestLimit limit = new(options, new LimitState(), host.Clock)
        {
            Client = static http => ClientKey.OfAddress(http.Connection.RemoteIpAddress),
        };
        host.Reload(new FrontOptions { Proxy = host.S3(bucket => bucket with { Limit = limit }) });
        host.Origin.Put("/store/a", 1000, "\"1\"");
        DefaultHttpContext other = new();
        Assert.True(limit.TryEnter(other, out _));
        var refused = await host.GetAsync("/files/a");
        Assert.Equal((status, "1"), (refused.Status, refused["Retry-After"]));
        Assert.Contains(code, refused.Text, StringComparison.Ordinal);
        limit.Leave(other);
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await host.GetAsync("/files/a")).Status);
    }

    private static FrontOptions Guarded(ProxyHost host, Authentication authentication) => new()
    {
        Proxy = host.S3(bucket => bucket with
        {
            Access = new TokenAccess(authentication, []),
            HiddenParameters = ["jwt"],
            HiddenHeaders = ["x-auth-token", "Authorization"],
        }),
    };

    private static async Task<Authentication> AuthenticateAsync(ProxyHost host)
    {
        AuthOptions options = new()
        {
            PublicKey = Key.ExportSubjectPublicKeyInfoPem(),
            TokenSources = Sources,
            Conditions = [new ClaimCondition("role", ClaimOperator.EqualTo, ["admin"])],
        };
        var result = await Authentication.CreateAsync(
            options, new AuthServices(host.Clock, NullLoggerFactory.Instance), CancellationToken.None);
        return result.TryGet(out var authentication)
            ? authentication
            : throw new InvalidOperationException(string.Join('\n', result.Errors));
    }

    private static string Token(ProxyHost host, string role, string subject)
    {
        var expires = host.Clock.GetUtcNow().ToUnixTimeSeconds() + 3600;
        var claims = $$"""{"sub":"{{subject}}","role":"{{role}}","exp":{{expires}}}""";
        var input = $"{Encode("""{"alg":"RS256"}""")}.{Encode(claims)}";
        var signature = Key.SignData(
            Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{input}.{System.Buffers.Text.Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(string text) =>
        System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
