using Fabrik.Server;
using Xunit;

namespace Fabrik.ProtocolTests.Serving;

/// <summary>What is no key, and paths that try to be another one.</summary>
public sealed class KeyTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("/cache/xyz", 404, 413)]
    [InlineData("/cache/a%20b", 404, 413)]
    [InlineData("/cache/a%2Fb", 404, 413)]
    [InlineData("/v1/cache/a.b", 404, 409)]
    [InlineData("/v1/cache/%C3%A9", 404, 409)]
    [InlineData("/v8/artifacts/a@b", 404, 412)]
    // A path with a zero byte does not get through HTTP itself.
    [InlineData("/http/a%00", 400, 400)]
    [InlineData("/cache/%00", 400, 400)]
    [InlineData("/http/a//b", 400, 400)]
    [InlineData("/http/a%2F%2Fb", 400, 400)]
    [InlineData("/http/a%0Ab", 400, 400)]
    [InlineData("/http/%FF", 400, 400)]
    [InlineData("/http/%C0%AF", 400, 400)]
    [InlineData("/http/a%zz", 400, 400)]
    [InlineData("/http/a%2", 400, 400)]
    [InlineData("/http/", 400, 400)]
    [InlineData("/http/a/", 400, 400)]
    public async Task Key_OfABadShape_IsAnsweredInTheToolsWords(string path, int read, int write)
    {
        Assert.Equal(read, await StatusAsync("GET", path));
        Assert.Equal(read, await StatusAsync("HEAD", path));
        Assert.Equal(write, await StatusAsync("PUT", path));
        Assert.Equal(0, _server.Tier.Puts);
    }

    [Theory]
    [InlineData("/cache/", 'a', 128, 129)]
    [InlineData("/v1/cache/", '1', 256, 257)]
    [InlineData("/v8/artifacts/", 'z', 256, 257)]
    [InlineData("/http/", 'p', 1024, 1025)]
    public async Task Key_ThatIsTooLong_IsRefused(string prefix, char character, int longest, int tooLong)
    {
        Assert.InRange(await StatusAsync("PUT", prefix + new string(character, longest)), 200, 202);
        Assert.InRange(await StatusAsync("PUT", prefix + new string(character, tooLong)), 400, 413);

        Assert.Equal(1, _server.Tier.Count);
    }

    [Theory]
    [InlineData("/http/../cache/a/b")]
    [InlineData("/http/../../etc/passwd")]
    [InlineData("/http/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/http/..%2f..%2fetc%2fpasswd")]
    [InlineData("/http/a/../../x")]
    [InlineData("/http/a/..")]
    [InlineData("/http/./a")]
    [InlineData("/./http/a")]
    [InlineData("/x/../http/a")]
    [InlineData("/webdav/a/../../ccache/b")]
    [InlineData("/cache/a/b/../c")]
    [InlineData("/cache/a/..%2fb")]
    public async Task Path_WithDotSegments_IsNoArtifact(string path)
    {
        Assert.InRange(await StatusAsync("PUT", path), 400, 413);
        Assert.InRange(await StatusAsync("GET", path), 400, 404);
        Assert.Equal(0, _server.Tier.Count);
    }

    [Fact]
    public async Task Path_InEscapedForm_IsTheSameArtifact()
    {
        Assert.Equal(201, await StatusAsync("PUT", "/http/a/%62%C3%A9~%25"));

        Assert.Equal(200, await StatusAsync("GET", "/http/a/b%c3%a9%7e%25"));
        Assert.Equal(404, await StatusAsync("GET", "/http/a/b%25C3%25A9~%25"));
    }

    [Fact]
    public async Task Query_OfAPath_IsNoPartOfIt()
    {
        Assert.Equal(201, await StatusAsync("PUT", "/http/a/b?x=1"));

        Assert.Equal(200, await StatusAsync("GET", "/http/a/b?y=2"));
    }

    [Fact]
    public async Task Target_InAbsoluteForm_IsTheSameArtifact()
    {
        Assert.Equal(201, await StatusAsync("PUT", "http://any.example/http/a/b"));

        Assert.Equal(200, await StatusAsync("GET", "/http/a/b"));
    }

    [Fact]
    public async Task Target_ThatIsTooLong_IsRefusedAndTheServerGoesOn()
    {
        Assert.Equal(414, await StatusAsync("GET", "/http/" + new string('a', 9000)));
        Assert.Equal(404, await StatusAsync("GET", "/http/a"));
    }

    [Fact]
    public async Task Headers_ThatAreTooMany_AreRefusedAndTheServerGoesOn()
    {
        var many = string.Concat(Enumerable.Range(0, 200).Select(static i => $"X-{i}: a\r\n"));
        var large = $"X-Large: {new string('a', 40_000)}\r\n";
        foreach (var headers in new[] { many, large })
        {
            var answer = await _server.SendRawAsync($"GET /http/a HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
            Assert.Equal(431, answer.Status);
        }

        Assert.Equal(404, await StatusAsync("GET", "/http/a"));
    }

    [Fact]
    public async Task Adapter_ThatIsNotEnabled_HasNoPaths()
    {
        await using var server = await RunningServer.StartAsync(
            new ServerOptions { Adapters = new HashSet<string>(StringComparer.Ordinal) { "nx" } });

        Assert.Equal(404, await server.StatusAsync("PUT", Doors.Gradle, [1]));
        Assert.Equal(404, await server.StatusAsync("PUT", Doors.Http, [1]));
        Assert.Equal(200, await server.StatusAsync("PUT", Doors.Nx, [1]));
    }

    [Fact]
    public async Task Adapter_ThatDoesNotExist_IsNamedInTheError()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => RunningServer.StartAsync(
            new ServerOptions { Adapters = new HashSet<string>(StringComparer.Ordinal) { "gardle" } }));

        Assert.Contains("\"gardle\"", error.Message);
        Assert.Contains("gradle", error.Message);
    }

    // As it stands: a client library would clean the path up.
    private async Task<int> StatusAsync(string method, string target)
    {
        await using var connection = await _server.ConnectAsync();
        var body = method == "PUT" ? "Content-Length: 1\r\n\r\nx" : "\r\n";
        await connection.SendAsync($"{method} {target} HTTP/1.1\r\nHost: any.example\r\n{body}");
        return (await connection.ReadAnswerAsync(isHead: method == "HEAD")).Status;
    }
}
