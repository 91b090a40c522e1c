using System.Text;
using Fabrik.Server.Auth;
using Fabrik.Server.Auth.Keys;
using Fabrik.Server.Auth.Tokens;
using Fabrik.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fabrik.UnitTests.Server.Auth.Keys;

/// <summary>A key set at a URL over time: it rotates, fails and comes back.</summary>
public sealed class JwksRefreshTests : IAsyncLifetime
{
    private static readonly string Old = TestKeys.Jwk(TestKeys.Rsa, "old");
    private static readonly string New = TestKeys.Jwk(TestKeys.OtherRsa, "new");
    private static readonly byte[] OldToken = Encoding.ASCII.GetBytes(Forge.Rs256(Forge.Claims(), "old"));
    private static readonly byte[] NewToken =
        Encoding.ASCII.GetBytes(Forge.Rs256(Forge.Claims(), "new", TestKeys.OtherRsa));

    private readonly AuthFixture _fixture = new();
    private readonly HttpMessageInvoker _http;
    private readonly AuthMetrics _metrics;
    private KeySetServer _server = null!;

    public JwksRefreshTests()
    {
        _http = new AuthServices(_fixture.Clock, _fixture.Logs).Http();
        _metrics = new AuthMetrics(_fixture.Clock);
    }

    public async ValueTask InitializeAsync() => _server = await KeySetServer.StartAsync(Answer(Old));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _metrics.Dispose();
        await _server.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Rotation_WithTheInterval_TakesTheNewKeyAndDropsTheOld()
    {
        await using var ring = await StartAsync();
        var verifier = Verifier(ring);
        Expect.LetIn(verifier.Verify(OldToken));

        _server.Answer = Answer(Old, New);
        await PassAsync(ring, TimeSpan.FromMinutes(5));
        Expect.LetIn(verifier.Verify(OldToken));
        Expect.LetIn(verifier.Verify(NewToken));

        _server.Answer = Answer(New);
        await PassAsync(ring, TimeSpan.FromMinutes(5));
        Expect.Refused(AuthFailure.UnknownKey, verifier.Verify(OldToken));
        Expect.LetIn(verifier.Verify(NewToken));
    }

    [Fact]
    public async Task UnknownKid_FetchesEarlyAndOnlyOnceInAWhile()
    {
        await using var ring = await StartAsync();
        var verifier = Verifier(ring);
        _server.Answer = Answer(Old, New);
        await PassAsync(ring, TimeSpan.FromSeconds(30));
        Assert.Equal(1, _server.Requests);

        var pass = ring.NextPass;
        Expect.Refused(AuthFailure.UnknownKey, verifier.Verify(NewToken));
        await pass;
        Expect.LetIn(verifier.Verify(NewToken));
        Assert.Equal(2, _server.Requests);

        var stranger = Encoding.ASCII.GetBytes(Forge.Rs256(Forge.Claims(), "stranger"));
        for (var i = 0; i < 50; i++)
        {
            Expect.Refused(AuthFailure.UnknownKey, verifier.Verify(stranger));
        }

        await PassAsync(ring, TimeSpan.FromSeconds(5));
        Assert.Equal(2, _server.Requests);
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(200, "<html>")]
    [InlineData(200, "{\"keys\":[]}")]
    public async Task Failure_AfterASuccess_KeepsTheKeysUntilItWorksAgain(int status, string text)
    {
        await using var ring = await StartAsync();
        var verifier = Verifier(ring);
        _server.Answer = KeySetServer.Text(text, status);
        await PassAsync(ring, TimeSpan.FromMinutes(5));
        Expect.LetIn(verifier.Verify(OldToken));
        Assert.Single(_fixture.Logs.Lines, line => line.Level == LogLevel.Warning);

        // A failing source is tried again sooner than a working one.
        _server.Answer = Answer(New);
        await PassAsync(ring, TimeSpan.FromSeconds(5));
        Expect.LetIn(verifier.Verify(NewToken));
        Assert.Contains(_fixture.Logs.Lines, line => line.Text.Contains("Keys are refreshed again"));
    }

    [Fact]
    public async Task Failure_ThatLasts_IsTriedAtGrowingDistances()
    {
        await using var ring = await StartAsync();
        _server.Answer = KeySetServer.Text("", 503);
        await PassAsync(ring, TimeSpan.FromMinutes(5));
        for (var i = 0; i < 60; i++)
        {
            await PassAsync(ring, TimeSpan.FromSeconds(5));
        }

        // After 5, 10, 20, 40, 80 and 160 seconds, of which the first five fit into five minutes.
        Assert.Equal(2 + 5, _server.Requests);
    }

    [Fact]
    public async Task Start_WithoutAnAnswer_IsNoErrorAndNobodyGetsInUntilThereIsOne()
    {
        _server.Answer = KeySetServer.Text("", 503);
        var authentication = await _fixture.CreateAsync(new AuthOptions { JwksUrl = _server.Url });
        var request = AuthFixture.Bearer(Encoding.ASCII.GetString(OldToken));
        Assert.False(authentication.IsReady);
        Expect.Refused(AuthFailure.UnknownKey, authentication.Authenticate(request));

        _server.Answer = Answer(Old);
        authentication.Reload();
        await Wait.UntilAsync(() => authentication.IsReady);

        Expect.LetIn(authentication.Authenticate(request));
    }

    [Fact]
    public async Task Reconfigure_WhileTheServerIsAway_KeepsTheKeysOfTheSameUrlOnly()
    {
        AuthOptions options = new() { JwksUrl = _server.Url };
        var authentication = await _fixture.CreateAsync(options);
        var request = AuthFixture.Bearer(Encoding.ASCII.GetString(OldToken));
        Expect.LetIn(authentication.Authenticate(request));

        _server.Answer = KeySetServer.Text("", 503);
        options = options with { ClockSkew = TimeSpan.Zero };
        Assert.Empty(await authentication.ReconfigureAsync(options, TestContext.Current.CancellationToken));
        Expect.LetIn(authentication.Authenticate(request));

        options = options with { JwksUrl = new Uri(_server.Url + "?another") };
        Assert.Empty(await authentication.ReconfigureAsync(options, TestContext.Current.CancellationToken));
        Expect.Refused(AuthFailure.UnknownKey, authentication.Authenticate(request));
    }

    [Fact]
    public async Task Start_WithoutTls_WarnsUnlessItIsThisMachine()
    {
        AuthServices services = new(_fixture.Clock, _fixture.Logs)
        {
            Http = () => new HttpMessageInvoker(new UnreachableHandler()),
        };
        AuthOptions options = new() { JwksUrl = new Uri("http://issuer.example/keys?secret=hunter2") };
        var result = await Authentication.CreateAsync(options, services, TestContext.Current.CancellationToken);
        Assert.True(result.TryGet(out var authentication));
        await authentication.DisposeAsync();
        Assert.Contains(_fixture.Logs.Lines, line => line.Text.Contains("without TLS"));
        Assert.DoesNotContain(_fixture.Logs.Lines, line => line.Text.Contains("hunter2"));

        LogCapture logs = new();
        result = await Authentication.CreateAsync(
            options with { JwksUrl = _server.Url },
            services with { Logs = logs },
            TestContext.Current.CancellationToken);
        Assert.True(result.TryGet(out authentication));
        await authentication.DisposeAsync();
        Assert.DoesNotContain(logs.Lines, line => line.Text.Contains("without TLS"));
    }

    private static Microsoft.AspNetCore.Http.RequestDelegate Answer(params string[] keys) =>
        KeySetServer.Text(TestKeys.Jwks(keys));

    private TokenVerifier Verifier(KeyRing ring) => new(ring, new AuthOptions(), _fixture.Clock, _metrics);

    private async Task<KeyRing> StartAsync()
    {
        JwksUrlSource source = new("auth.jwks_url", _server.Url, _http, _fixture.Clock);
        var (ring, _) = await KeyRing.StartAsync(
            [source], new AuthOptions(), _fixture.Clock, _fixture.Logs, TestContext.Current.CancellationToken);
        return ring!;
    }

    private async Task PassAsync(KeyRing ring, TimeSpan by)
    {
        // One tick at a time: each is a pass of its own over the sources.
        for (var tick = TimeSpan.Zero; tick < by; tick += TimeSpan.FromSeconds(5))
        {
            var pass = ring.NextPass;
            _fixture.Clock.Advance(TimeSpan.FromSeconds(5));
            await pass.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    private sealed class UnreachableHandler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException("unreachable");
    }
}
