using System.Net.Http.Headers;
using Fabrik.Upstreams.Http;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.Http;

public sealed class HttpStoreOptionsTests
{
    [Theory]
    [InlineData("http://cache.example", "http://cache.example/")]
    [InlineData("https://cache.example:8443/a", "https://cache.example:8443/a/")]
    [InlineData("https://cache.example/a%20b/", "https://cache.example/a%20b/")]
    [InlineData("http://[::1]:7070/http/", "http://[::1]:7070/http/")]
    public void Url_OfAServer_EndsInASlash(string url, string expected)
    {
        Assert.True(HttpStoreOptions.TryParse(url, out var options, out _));

        Assert.Equal(expected, options.BaseUrl.AbsoluteUri);
        Assert.Null(options.Credential);
    }

    [Theory]
    [InlineData("")]
    [InlineData("cache.example/http")]
    [InlineData("ftp://cache.example/")]
    [InlineData("http:///a")]
    [InlineData("https://user:secret@cache.example/?sig=secret")]
    [InlineData("https://user:secret@cache.example/#secret")]
    public void Url_ThatIsNone_IsRefusedWithoutItsSecrets(string url)
    {
        Assert.False(HttpStoreOptions.TryParse(url, out _, out var error));

        Assert.NotEmpty(error);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://me:a%3Ab%40c@cache.example/", "Basic bWU6YTpiQGM=")]
    [InlineData("https://me@cache.example/", "Basic bWU6")]
    [InlineData("https://:only@cache.example/", "Basic Om9ubHk=")]
    public async Task Url_WithAUser_BecomesBasicCredentials(string url, string expected)
    {
        Assert.True(HttpStoreOptions.TryParse(url, out var options, out _));

        Assert.Empty(options.BaseUrl.UserInfo);
        var credential = await options.Credential!(CancellationToken.None);
        using var request = new HttpRequestMessage();
        credential!.AddTo(request.Headers);
        Assert.Equal(AuthenticationHeaderValue.Parse(expected), request.Headers.Authorization);
    }

    [Fact]
    public void Credential_InText_IsOnlyItsHeadersName()
    {
        Assert.Equal("Authorization", HttpCredential.Bearer("secret").ToString());
        Assert.Equal("JOB-TOKEN", HttpCredential.Header("JOB-TOKEN", "secret").ToString());
    }

    [Fact]
    public void Credential_WithALineBreak_IsRefused() =>
        Assert.Throws<ArgumentException>(() => HttpCredential.Bearer("a\r\nX: b"));
}
