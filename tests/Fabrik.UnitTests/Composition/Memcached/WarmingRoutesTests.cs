using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Fabrik.Composition;
using Fabrik.UnitTests.Server.Auth;
using Xunit;

namespace Fabrik.UnitTests.Composition.Memcached;

/// <summary>Keys are copied over HTTP, from a store of the process to one with another namespace.</summary>
[Collection(nameof(ServingFixture))]
public sealed class WarmingRoutesTests : IAsyncDisposable
{
    private const string Job = """{"from":"cold","to":"warm","keys":["a","b"]}""";

    private readonly ServingFixture _serving = new();
    private readonly HttpClient _http = new();

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return _serving.DisposeAsync();
    }

    [Fact]
    public async Task Begin_OfKeys_CopiesThemAndIsKnownAfterAReload()
    {
        Write("x:*");
        IReadOnlyList<ListenerRole> listeners = await _serving.StartAsync(ServingMode.MemcachedProxy);
        using Socket client = await ConnectAsync(listeners);
        Assert.Equal("STORED\r\n", await AskAsync(client, "set a 0 0 1\r\nA\r\n"));
        using HttpResponseMessage begun = await PostAsync(listeners, Job);
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        Uri job = new(Role(listeners, "metrics").LocalUrl, begun.Headers.Location!.ToString());

        while (!(await _http.GetStringAsync(job, Ended)).Contains("\"done\"", StringComparison.Ordinal))
        {
            await Task.Yield();
        }

        Write("y:*");
        Assert.Empty((await _serving.ReloadAsync()).Problems);

        using JsonDocument state = JsonDocument.Parse(await _http.GetStringAsync(job, Ended));
        Assert.Equal(1, state.RootElement.GetProperty("copied").GetInt32());
        Assert.Equal(1, state.RootElement.GetProperty("missing").GetInt32());
        Assert.Equal("DELETED\r\n", await AskAsync(client, "delete a\r\n"));
    }

    [Theory]
    [InlineData("""{"from":"cold","to":"none","keys":["a"]}""", HttpStatusCode.NotFound, "no backend \"none\"")]
    [InlineData("""{"from":"cold","to":"cold","keys":["a"]}""", HttpStatusCode.BadRequest, "another backend")]
    [InlineData("""{"from":"cold","to":"warm","keys":["a"],"matcher":"a["}""", HttpStatusCode.BadRequest, "position 2")]
    [InlineData("""{"from":"cold","to":"warm","keys":["\ud800"]}""", HttpStatusCode.BadRequest, "the body is not")]
    [InlineData("""{"from":"cold","to":"warm","metadump":true}""", HttpStatusCode.BadRequest, "expected a pool")]
    [InlineData("nothing", HttpStatusCode.BadRequest, "the body is not what is expected")]
    [InlineData("[]", HttpStatusCode.BadRequest, "expected an object")]
    public async Task Begin_OfWhatIsWrong_SaysSo(string body, HttpStatusCode status, string message)
    {
        Write("x:*");
        IReadOnlyList<ListenerRole> listeners = await _serving.StartAsync(ServingMode.MemcachedProxy);

        using HttpResponseMessage answer = await PostAsync(listeners, body);

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(message, await MessageAsync(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized, "a valid token is needed")]
    [InlineData("cache:read", HttpStatusCode.Forbidden, "the token does not have the permission admin")]
    [InlineData("admin", HttpStatusCode.Accepted, null)]
    public async Task Begin_WhereTokensAreRequired_TakesAnOperator(
        string? permission, HttpStatusCode status, string? message)
    {
        Write("x:*");
        _serving.Folder.Write("public.pem", TestKeys.Pem(TestKeys.Ec));
        IReadOnlyList<ListenerRole> listeners = await _serving.StartAsync(
            ServingMode.MemcachedProxy, "--config-auth-required=true", "--config-auth-public-key-file=public.pem");
        long end = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 600;
        string? token = permission is null
            ? null
            : Forge.Es256($$"""{"sub":"ops","exp":{{end}},"permissions":["{{permission}}"]}""");

        using HttpResponseMessage answer = await PostAsync(listeners, Job, token);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(message, await MessageAsync(answer));
        Assert.Equal(message is not null, answer.Headers.WwwAuthenticate.Count > 0);
    }

    private static ListenerRole Role(IReadOnlyList<ListenerRole> listeners, string name) =>
        listeners.Single(role => role.Plan.Name == name);

    private static async Task<Socket> ConnectAsync(IReadOnlyList<ListenerRole> listeners)
    {
        Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, Role(listeners, "memcached-a").Port, Ended);
        return client;
    }

    private static async Task<string> AskAsync(Socket client, string text)
    {
        await client.SendAsync(Encoding.ASCII.GetBytes(text), Ended);
        byte[] answer = new byte[256];
        int length = 0;
        while (length == 0 || answer[length - 1] != '\n')
        {
            int read = await client.ReceiveAsync(answer.AsMemory(length), Ended);
            Assert.NotEqual(0, read);
            length += read;
        }

        return Encoding.ASCII.GetString(answer, 0, length);
    }

    // What is wrong, in the one form of what operators are told; null for an answer that is no error.
    private static async Task<string?> MessageAsync(HttpResponseMessage answer)
    {
        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ended));
        return json.RootElement.TryGetProperty("error", out JsonElement error)
            ? error.GetProperty("message").GetString()
            : null;
    }

    private async Task<HttpResponseMessage> PostAsync(
        IReadOnlyList<ListenerRole> listeners, string body, string? token = null)
    {
        using HttpRequestMessage request = new(
            HttpMethod.Post, new Uri(Role(listeners, "metrics").LocalUrl, "/api/v1/memcached/warm"));
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await _http.SendAsync(request, Ended);
    }

    // Keys that begin so are read from the copy, all others from where they were stored.
    private void Write(string copied) =>
        _serving.Folder.Write("fabrik.yaml", $$"""
            memcached_proxy:
              threads: 2
              listeners: { a: { bind: "127.0.0.1:0" } }
              backends:
                cold: { type: cache, namespace: cold }
                warm: { type: cache, namespace: warm }
              routes:
                first: { matcher: "{{copied}}", backend: warm }
                removed: { commands: [delete], backend: warm }
                all: { backend: cold }
            """);
}
