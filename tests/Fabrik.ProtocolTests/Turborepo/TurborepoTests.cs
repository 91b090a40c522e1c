using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Fabrik.Cache;
using Fabrik.ProtocolTests.Serving;
using Xunit;

namespace Fabrik.ProtocolTests.Turborepo;

public sealed class TurborepoTests : IAsyncLifetime
{
    private const string Path = "/v8/artifacts/5bd57029f8d0e4fe";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Status_IsEnabled() =>
        Assert.Equal("{\"status\":\"enabled\"}", await _server.Client.GetStringAsync("/v8/artifacts/status?slug=x"));

    [Fact]
    public async Task Headers_OfAnArtifact_ComeBackExactly()
    {
        (string, string)[] headers =
        [
            ("x-artifact-duration", "479"), ("x-artifact-tag", "D9RL8+6onVEEETWtKzKr7sNNpiwsP+VKw288sq9ElnQ="),
            ("x-artifact-sha", "4c1bd7e9"), ("x-artifact-dirty-hash", "f8d524"),
        ];
        using var stored = await _server.SendAsync("PUT", Path, [1], null, headers);
        Assert.Equal(202, (int)stored.StatusCode);

        foreach (var method in new[] { "GET", "HEAD" })
        {
            using var response = await _server.SendAsync(method, Path);
            foreach (var (name, value) in headers)
            {
                Assert.Equal(value, response.Headers.GetValues(name).Single());
            }
        }
    }

    [Fact]
    public async Task Header_ThatCouldNotComeBack_StoresNothing()
    {
        using var response = await _server.SendAsync(
            "PUT", Path, [1], null, ("x-artifact-tag", new string('a', 1025)));

        Assert.Equal(412, (int)response.StatusCode);
        Assert.Contains("x-artifact-tag", await ErrorAsync(response, "precondition_failed"));
        Assert.Equal(0, _server.Tier.Puts);
    }

    [Fact]
    public async Task Upload_IsAnsweredWithItsUrl()
    {
        using var response = await _server.SendAsync("PUT", Path + "?slug=a", [1]);

        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var url = json.RootElement.GetProperty("urls")[0].GetString();
        Assert.Equal([1], await _server.Client.GetByteArrayAsync(url));
    }

    [Fact]
    public async Task Upload_WithATokenThatMayOnlyRead_IsAcceptedAndDropped()
    {
        using var response = await _server.SendAsync("PUT", Path, [1], "ro");

        Assert.Equal(202, (int)response.StatusCode);
        Assert.Equal("{\"urls\":[]}", await response.Content.ReadAsStringAsync());
        Assert.Equal(0, _server.Tier.Puts);
    }

    [Fact]
    public async Task Teams_SeeTheirOwnArtifacts()
    {
        await _server.StatusAsync("PUT", Path + "?slug=a", [1]);

        Assert.Equal(200, await _server.StatusAsync("GET", Path + "?slug=a"));
        Assert.Equal(404, await _server.StatusAsync("GET", Path + "?slug=b"));
        Assert.Equal(404, await _server.StatusAsync("GET", Path));
        Assert.Equal(404, await _server.StatusAsync("GET", Path + "?teamId=c&slug=a"));
    }

    [Fact]
    public async Task Query_SaysOfEachHashWhatIsKnown()
    {
        using var stored = await _server.SendAsync(
            "PUT", "/v8/artifacts/aa?slug=t", [1, 2], null, ("x-artifact-duration", "7"), ("x-artifact-tag", "tag"));

        using var response = await PostAsync("/v8/artifacts?slug=t", "{\"hashes\":[\"aa\",\"bb\",\"c/c\",\"aa\"]}");

        Assert.Equal(
            "{\"aa\":{\"size\":2,\"taskDurationMs\":7,\"tag\":\"tag\"},\"bb\":null,\"c/c\":null}",
            await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Query_WhenTheCacheFails_FindsNothing()
    {
        await _server.StatusAsync("PUT", "/v8/artifacts/aa", [1]);
        _server.Tier.Fault.SetAll(CacheErrorKind.Io);

        using var response = await PostAsync("/v8/artifacts", "{\"hashes\":[\"aa\"]}");

        Assert.Equal("{\"aa\":null}", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Query_WithATokenThatMayNotRead_FindsNothing()
    {
        await _server.StatusAsync("PUT", "/v8/artifacts/aa", [1], "rw");

        using var response = await PostAsync("/v8/artifacts", "{\"hashes\":[\"aa\"]}", "wo");

        Assert.Equal("{\"aa\":null}", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"hashes\":1}")]
    [InlineData("{\"hashes\":[1]}")]
    [InlineData("{\"hashes\":[\"a\"]} x")]
    [InlineData("{\"hashes\":[\"\\ud800\"]}")]
    public async Task Query_ThatIsNone_IsABadRequest(string document)
    {
        using var response = await PostAsync("/v8/artifacts", document);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("hashes", await ErrorAsync(response, "bad_request"));
    }

    [Fact]
    public async Task Query_ThatIsTooLarge_IsRefused()
    {
        using var large = await PostAsync("/v8/artifacts", "{\"hashes\":[\"" + new string('a', 1024 * 1024) + "\"]}");
        Assert.Equal(413, (int)large.StatusCode);

        var hashes = string.Join(',', Enumerable.Range(0, 10_001).Select(static i => $"\"{i}\""));
        using var many = await PostAsync("/v8/artifacts", $"{{\"hashes\":[{hashes}]}}");
        Assert.Equal(400, (int)many.StatusCode);
    }

    [Theory]
    [InlineData("[{\"event\":\"HIT\"}]")]
    [InlineData("not even JSON")]
    [InlineData("")]
    public async Task Events_AreTaken(string document)
    {
        using var response = await PostAsync("/v8/artifacts/events", document);

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("/v8/artifacts/abc")]
    [InlineData("/v8/artifacts/events")]
    [InlineData("/v8/artifacts/status")]
    [InlineData("/v8/artifacts")]
    public async Task Preflight_AllowsAuthorizationWithoutAToken(string path)
    {
        _server.Authenticator.Open = false;

        using var response = await _server.SendAsync("OPTIONS", path);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Contains("Authorization", response.Headers.GetValues("Access-Control-Allow-Headers").Single());
        Assert.Null(response.Headers.Location);
    }

    [Fact]
    public async Task Stranger_HearsAnErrorInJson()
    {
        _server.Authenticator.Open = false;

        using var response = await _server.SendAsync("GET", Path);

        Assert.Contains("TURBO_TOKEN", await ErrorAsync(response, "unauthorized"));
    }

    private static async Task<string> ErrorAsync(HttpResponseMessage response, string code)
    {
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var error = json.RootElement.GetProperty("error");
        Assert.Equal(code, error.GetProperty("code").GetString());
        return error.GetProperty("message").GetString()!;
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string document, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(document, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await _server.Client.SendAsync(request);
    }
}
