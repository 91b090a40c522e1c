using System.Net;
using System.Net.Sockets;
using Fabrik.Server.Auth;
using Fabrik.Server.Auth.Keys;
using Fabrik.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.UnitTests.Server.Auth.Keys;

/// <summary>Key sets fetched from a server that does all that servers do.</summary>
public sealed class JwksUrlSourceTests : IAsyncLifetime
{
    private static readonly string Set = TestKeys.Jwks(TestKeys.Jwk(TestKeys.Ec, "k"));

    private readonly TestClock _clock = new();
    private readonly HttpMessageInvoker _http =
        new AuthServices(TimeProvider.System, NullLoggerFactory.Instance).Http();
    private KeySetServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await KeySetServer.StartAsync(KeySetServer.Text(Set));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Read_KeySet_GivesItsKeys()
    {
        var accept = "";
        _server.Answer = context =>
        {
            accept = context.Request.Headers.Accept.ToString();
            return KeySetServer.Text(Set)(context);
        };
        Assert.Equal("k", Assert.Single((await ReadAsync()).Keys).Kid);
        Assert.Contains("application/json", accept);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(206)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Read_AnotherStatus_IsAnError(int status)
    {
        _server.Answer = context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };
        Assert.Equal(
            $"auth.jwks_url: {_server.Url} answered {status}; expected 200", (await ReadAsync()).Error);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Read_Redirect_IsFollowed(int status)
    {
        _server.Answer = context => context.Request.Path == "/elsewhere"
            ? KeySetServer.Text(Set)(context)
            : KeySetServer.Redirect("elsewhere", status)(context);
        Assert.Single((await ReadAsync()).Keys);
    }

    [Fact]
    public async Task Read_RedirectsWithoutEnd_AreFollowedThreeTimes()
    {
        _server.Answer = KeySetServer.Redirect("/keys");
        Assert.Contains("redirects more than 3 times", (await ReadAsync()).Error);
        Assert.Equal(4, _server.Requests);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/keys")]
    [InlineData("javascript:1")]
    [InlineData("http://")]
    [InlineData("http://[")]
    [InlineData("//")]
    [InlineData("http://127.0.0.1:99999/")]
    public async Task Read_RedirectToWhatIsNoWebAddress_IsAnError(string location)
    {
        _server.Answer = KeySetServer.Redirect(location);
        Assert.NotNull((await ReadAsync()).Error);
    }

    [Fact]
    public async Task Read_RedirectFromHttpsToHttp_IsRefused()
    {
        using HttpMessageInvoker http = new(new RedirectingHandler(_server.Url));
        JwksUrlSource source = new("auth.jwks_url", new Uri("https://issuer.example/keys"), http, _clock);
        var reading = await source.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Contains("redirects to http, which is less secure; refused", reading.Error);
        Assert.Equal(0, _server.Requests);
    }

    [Theory]
    [InlineData("<html>Sign in</html>")]
    [InlineData("")]
    [InlineData("{\"keys\":[]}")]
    public async Task Read_NoKeySet_IsAnErrorThatNamesTheUrl(string text)
    {
        _server.Answer = KeySetServer.Text(text);
        Assert.StartsWith($"auth.jwks_url: {_server.Url} holds ", (await ReadAsync()).Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_MoreBytesThanTheLimit_IsRefusedBeforeTheEnd(bool lengthIsTold)
    {
        _server.Answer = async context =>
        {
            if (lengthIsTold)
            {
                context.Response.ContentLength = 64 << 20;
            }

            var spaces = new byte[64 << 10];
            spaces.AsSpan().Fill((byte)' ');
            for (var i = 0; i < 1024 && !context.RequestAborted.IsCancellationRequested; i++)
            {
                await context.Response.Body.WriteAsync(spaces, context.RequestAborted);
            }
        };
        Assert.Contains("answered with more than 1048576 bytes", (await ReadAsync()).Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_NoAnswerOrHalfAnAnswer_EndsAfterTheTimeout(bool begins)
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Answer = async context =>
        {
            if (begins)
            {
                await context.Response.WriteAsync("{\"keys\":[");
                await context.Response.Body.FlushAsync();
            }

            asked.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        var reading = ReadAsync();
        await asked.Task;
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Contains("did not answer within 10 s", (await reading).Error);
    }

    [Fact]
    public async Task Read_ConnectionCutInTheBody_IsAnError()
    {
        _server.Answer = async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync(Set[..50]);
            await context.Response.Body.FlushAsync();
            context.Abort();
        };
        Assert.Contains("cannot be fetched: ", (await ReadAsync()).Error);
    }

    [Fact]
    public async Task Read_NobodyListens_IsAnError()
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        Uri url = new($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/keys");
        free.Stop();
        Assert.Contains("cannot be fetched: ", (await ReadAsync(url)).Error);
    }

    [Fact]
    public async Task Read_Cancelled_IsCancelledAndNoError()
    {
        using CancellationTokenSource stop = new();
        _server.Answer = _ => stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () =>
            {
                JwksUrlSource source = new("auth.jwks_url", _server.Url, _http, _clock);
                var reading = await source.ReadAsync(stop.Token);
                Assert.Fail($"expected a cancellation, got {reading}");
            });
    }

    [Fact]
    public async Task Errors_NeverShowUserInfoOrQuery()
    {
        _server.Answer = KeySetServer.Text("", 500);
        UriBuilder url = new(_server.Url) { UserName = "user", Password = "hunter2", Query = "key=hunter2" };
        var error = (await ReadAsync(url.Uri)).Error;
        Assert.DoesNotContain("hunter2", error);
        Assert.Contains(_server.Url.ToString(), error);
    }

    [Fact]
    public async Task Secrets_InASetFromAUrl_AreLeftOut()
    {
        _server.Answer = KeySetServer.Text(TestKeys.Jwks(TestKeys.Jwk(TestKeys.Secret, "s")));
        Assert.Contains("secrets are taken from a file only", (await ReadAsync()).Error);
    }

    private async Task<KeyReading> ReadAsync(Uri? url = null) =>
        await new JwksUrlSource("auth.jwks_url", url ?? _server.Url, _http, _clock)
            .ReadAsync(TestContext.Current.CancellationToken);

    private sealed class RedirectingHandler(Uri to) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = to } });
    }
}
