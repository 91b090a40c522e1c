using Fabrik.Cache;
using Fabrik.Upstreams.Http;
using Xunit;

namespace Fabrik.ProtocolTests.HttpUpstream;

/// <summary>Servers that send a request elsewhere.</summary>
public sealed class RedirectTests : IAsyncLifetime
{
    private static readonly byte[] Content = StoreProbe.Bytes(1000);

    private StubServer _server = null!;
    private StubServer _other = null!;
    private HttpObjectStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await StubServer.StartAsync();
        _other = await StubServer.StartAsync();
        _other.Answer = static context => context.Response.Body.WriteAsync(Content).AsTask();
        var credential = HttpCredential.Bearer("secret");
        _store = new HttpObjectStore(new HttpStoreOptions
        {
            BaseUrl = _server.Url,
            Credential = _ => ValueTask.FromResult<HttpCredential?>(credential),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _server.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Read_IsFollowedElsewhere_WithoutCredentials(int status)
    {
        _server.AnswerStatus(status, ("Location", $"{_other.Url}x?sig=1"));

        Assert.Equal(Content, await _store.ReadAsync(StoreProbe.Key));

        Assert.Equal("Bearer secret", _server.Requests.Single()["Authorization"]);
        Assert.Null(_other.Requests.Single()["Authorization"]);
    }

    [Fact]
    public async Task Read_ThatIsRedirected_KeepsItsRange()
    {
        _server.AnswerStatus(302, ("Location", $"{_other.Url}x"));

        Assert.Equal(Content[7..], await _store.ReadAsync(StoreProbe.Key, 7));

        Assert.Equal("bytes=7-", _other.Requests.Single()["Range"]);
    }

    [Fact]
    public async Task Read_IsFollowedAtTheSameServer_WithCredentials()
    {
        _server.Answer = static async context =>
        {
            if (context.Request.Path == "/elsewhere")
            {
                await context.Response.Body.WriteAsync(Content);
                return;
            }

            context.Response.Redirect("/elsewhere");
        };

        Assert.Equal(Content, await _store.ReadAsync(StoreProbe.Key));

        Assert.All(_server.Requests, static request => Assert.Equal("Bearer secret", request["Authorization"]));
    }

    [Fact]
    public async Task Loop_Ends()
    {
        _server.Answer = static context =>
        {
            context.Response.Redirect(context.Request.Path + "x");
            return Task.CompletedTask;
        };

        Assert.Equal(CacheErrorKind.Io, (await _store.GetErrorAsync(StoreProbe.Key)).Kind);
        Assert.Equal(HttpSender.MaxRedirects + 1, _server.Requests.Count);
    }

    [Theory]
    [InlineData("ftp://host/")]
    [InlineData("file:///etc/passwd")]
    [InlineData(null)]
    public async Task Target_ThatIsNone_IsNotFollowed(string? location)
    {
        _server.AnswerStatus(302, location is null ? [] : [("Location", location)]);

        Assert.Equal(CacheErrorKind.Io, (await _store.GetErrorAsync(StoreProbe.Key)).Kind);
    }

    [Fact]
    public async Task Upload_ThatWasAnnounced_IsFollowed()
    {
        var expected = StoreProbe.Bytes(100_000);
        byte[] arrived = [];
        _server.AnswerStatus(307, ("Location", $"{_other.Url}x"));
        _other.Answer = async context =>
        {
            using var bytes = new MemoryStream();
            await context.Request.Body.CopyToAsync(bytes);
            arrived = bytes.ToArray();
        };

        StoreProbe.IsTrue(await _store.PutAsync(StoreProbe.Key, expected, ifAbsent: true));

        Assert.Equal(expected, arrived);
        Assert.Equal("*", _other.Requests.Single()["If-None-Match"]);
        Assert.Null(_other.Requests.Single()["Authorization"]);
    }

    [Theory]
    [InlineData(307, 10)]
    [InlineData(302, 100_000)]
    public async Task Upload_ThatCannotBeSentAgain_IsAnError(int status, int length)
    {
        _server.AnswerStatus(status, ("Location", $"{_other.Url}x"));

        var error = StoreProbe.Fails(
            CacheErrorKind.Io, await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(length)));

        Assert.Contains(_other.Url.Authority, error.Message, StringComparison.Ordinal);
        Assert.Empty(_other.Requests);
    }
}
