using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Fabrik.EndToEndTests.Layers.Traces;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Proxies;

/// <summary>Tokens of every kind, and what is told of who showed them.</summary>
public sealed class ProxyTokenTests : IAsyncLifetime
{
    private const string Secret = "a-secret-that-has-at-least-thirty-two-bytes";
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    private readonly Sandbox _sandbox = new();
    private HeldOrigin _origin = null!;

    public async ValueTask InitializeAsync()
    {
        _origin = await HeldOrigin.StartAsync();
        _origin.Release();
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    [InlineData("HS256")]
    public async Task Get_WithATokenOfAnAlgorithm_IsAnsweredWhereItIsThatOne(string algorithm)
    {
        var (key, token) = algorithm == "HS256" ? (null, SignedWithTheSecret()) : await MakeAsync(algorithm);
        string[] keys = key is null
            ? ["--config-s3-proxy-jwt-secret", Secret]
            : ["--config-s3-proxy-jwt-public-key-file", key];
        await using var proxy = await StartAsync([.. keys, "--config-s3-proxy-jwt-algorithm", algorithm]);
        var answer = await proxy.GetAsync("/object", token);
        Assert.True(answer.Status == 200, $"{answer}\n{proxy.Log}");
        Assert.Equal(_origin.Object, answer.Body);

        var other = algorithm == "HS256" ? (await MakeAsync("RS256")).Token : SignedWithTheSecret();
        Assert.Equal(401, (await proxy.GetAsync("/object", other)).Status);
        Assert.Equal(401, (await proxy.GetAsync("/object", token[..^4] + "AAAA")).Status);
        Assert.DoesNotContain(token, proxy.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_WithATrace_IsASpanInItAndOneOfTheOriginBelow()
    {
        await using var collector = await Collector.StartAsync();
        await using (var proxy = await StartAsync(
            [
                "--config-s3-proxy-jwt-secret", Secret, "--config-s3-proxy-jwt-algorithm", "HS256",
                "--config-observability-tracing-enabled", "true", "--config-observability-tracing-protocol", "http",
                "--config-observability-tracing-endpoint", $"{collector.Address}",
            ]))
        {
            var answer = await proxy.AskAsync(
                HttpMethod.Get,
                "/object",
                ("Authorization", $"Bearer {SignedWithTheSecret()}"),
                ("traceparent", $"00-{Trace}-b7ad6b7169203331-01"));
            Assert.True(answer.Status == 200, $"{answer}\n{proxy.Log}");
            await Poll.UntilAsync(
                () => proxy.Log.Contains(" reader GET ", StringComparison.Ordinal), () => proxy.Log);
            proxy.Send(Signal.Terminate);
            await proxy.WaitForEndAsync();
        }

        await Poll.UntilAsync(
            () => collector.Spans.Any(static span => span.Name == "origin GET"), () => "no span is of the origin");
        var ours = collector.Spans.Where(static span => span.Trace == Trace).Select(static span => span.Name);
        Assert.Subset(
            ours.ToHashSet(StringComparer.Ordinal),
            new HashSet<string>(["proxy GET", "origin GET"], StringComparer.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _origin.DisposeAsync();
        _sandbox.Dispose();
    }

    private static string SignedWithTheSecret()
    {
        var expires = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        var head = Encode("""{"alg":"HS256","typ":"JWT"}""") + "." + Encode($$"""{"sub":"reader","exp":{{expires}}}""");
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(head));
        return head + "." + Base64Url.EncodeToString(mac);
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private async Task<(string PublicKeyFile, string Token)> MakeAsync(string algorithm)
    {
        var issuer = await TokenIssuer.CreateAsync(_sandbox, "keys-" + algorithm, algorithm);
        return (issuer.PublicKeyFile, await issuer.IssueAsync("read", subject: "reader"));
    }

    private Task<ProxyServer> StartAsync(string[] flags)
    {
        ProxyConfiguration configuration = new()
        {
            StoreDirectory = _sandbox.In("store"),
            Buckets = [ProxyConfiguration.Origin(_origin.Port) + "\n      auth: { enabled: true }"],
        };
        return ProxyServer.StartAsync(_sandbox, _sandbox.Write("s3-proxy.yaml", configuration.ToYaml()), flags);
    }
}
