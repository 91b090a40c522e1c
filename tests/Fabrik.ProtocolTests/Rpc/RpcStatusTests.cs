using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.ProtocolTests.Rpc;

/// <summary>How calls fail, and what is no call at all.</summary>
public sealed class RpcStatusTests : IAsyncLifetime
{
    private RpcTestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RpcTestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(StatusCode.Cancelled)]
    [InlineData(StatusCode.NotFound)]
    [InlineData(StatusCode.Unauthenticated)]
    public async Task Refusal_BeforeAnyMessage_ComesAlone(StatusCode code)
    {
        var answer = await _server.Client.CallAsync(
            "Fail", [(byte)code, .. Encoding.UTF8.GetBytes("100% \u2603\n")]);

        Assert.Equal(200, answer.Http);
        Assert.True(answer.IsTrailersOnly);
        Assert.Empty(answer.Messages);
        Assert.Equal(code, answer.Status);
        Assert.Equal("100%25 %E2%98%83%0A", answer.Trailers["grpc-message"]);
        Assert.Equal("asked for", answer.Trailers["x-reason"]);
        Assert.Equal("AQID", answer.Trailers["x-data-bin"]);
        Assert.Equal("application/grpc", answer.Headers["content-type"]);
    }

    [Fact]
    public async Task Refusal_AfterAMessage_ComesBehindIt()
    {
        var answer = await _server.Client.CallAsync("FailLater", [7]);

        Assert.Equal([7], Assert.Single(answer.Messages));
        Assert.False(answer.IsTrailersOnly);
        Assert.Equal(StatusCode.DataLoss, answer.Status);
        Assert.Equal("later", answer.Detail);
    }

    [Fact]
    public async Task Detail_ThatIsTooLong_IsCutOff()
    {
        var answer = await _server.Client.CallAsync("Fail", [5, .. new byte[5000].Select(static _ => (byte)'x')]);

        Assert.Equal(1024, answer.Detail.Length);
    }

    [Fact]
    public async Task Crash_OfAMethod_TellsNothingOfTheInside()
    {
        var answer = await _server.Client.CallAsync("Crash", []);

        Assert.Equal(StatusCode.Unknown, answer.Status);
        Assert.DoesNotContain("secret", string.Concat(answer.Trailers.Values), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_ThatIsNotWrittenWhole_ResetsTheStreamAndNoOther()
    {
        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => _server.Client.CallAsync("Lie", []));
        var next = await _server.Client.CallAsync("Echo", [1]);

        var reset = Assert.IsType<HttpProtocolException>(exception.InnerException);
        Assert.Equal(StatusCode.Internal, StatusFields.FromHttp2Error(reset.ErrorCode));
        Assert.Equal(StatusCode.OK, next.Status);
        Assert.Equal(0, _server.Gate.InFlight);
    }

    [Theory]
    [InlineData("/test.v1.Echo/Nothing")]
    [InlineData("/test.v1.Nothing/Echo")]
    [InlineData("/test.v1.echo/echo")]
    [InlineData("/test.v1.Echo/Echo/")]
    [InlineData("/")]
    public async Task Method_ThatIsNotThere_IsUnimplemented(string path)
    {
        var answer = await _server.Client.SendAsync(path, RpcTestClient.Frame(1));

        Assert.Equal(200, answer.Http);
        Assert.True(answer.IsTrailersOnly);
        Assert.Equal(StatusCode.Unimplemented, answer.Status);
    }

    [Theory]
    [InlineData("POST", "application/json", 415)]
    [InlineData("POST", "application/grpc-web", 415)]
    [InlineData("POST", null, 415)]
    [InlineData("PUT", "application/grpc", 405)]
    public async Task Request_ThatIsNoCall_HasAStatusOfHttp(string method, string? type, int expected)
    {
        foreach (var path in (string[])["/test.v1.Echo/Echo", "/other"])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path)
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent([]),
            };
            request.Content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
            var answer = await _server.Client.SendAsync(request);

            Assert.Equal(expected, answer.Http);
            Assert.False(answer.Headers.ContainsKey("grpc-status"));
        }
    }

    [Fact]
    public async Task Call_OverHttp1_IsToldToUpgrade()
    {
        using var client = new HttpClient();
        using var content = new ByteArrayContent(RpcTestClient.Frame(1));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var response = await client.PostAsync(new Uri(_server.Http1Address, "/test.v1.Echo/Echo"), content);

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1s")]
    [InlineData("123456789S")]
    public async Task Timeout_ThatIsNotWellFormed_IsRefused(string value)
    {
        var answer = await _server.Client.CallAsync("Echo", [], ("grpc-timeout", value));

        Assert.Equal(StatusCode.Internal, answer.Status);
        Assert.Contains("grpc-timeout", answer.Detail, StringComparison.Ordinal);
    }
}
