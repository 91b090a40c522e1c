using Fabrik.Testing;
using Fabrik.Upstreams.GitHubActions;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.GitHubActions;

public sealed class SignedUrlsTests
{
    private static readonly Uri Url = new("https://blobs.example/1");

    private readonly TestClock _clock = new();
    private readonly SignedUrls _urls;

    public SignedUrlsTests() => _urls = new SignedUrls(_clock);

    [Fact]
    public void Url_IsForgottenInTime()
    {
        _urls.Add("a", Url);
        _clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.Same(Url, _urls.Find("a"));

        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.Null(_urls.Find("a"));
    }

    [Fact]
    public void Url_ThatHasEnded_IsForgotten()
    {
        _urls.Add("a", Url);
        _urls.Remove("a");

        Assert.Null(_urls.Find("a"));
    }

    [Fact]
    public void Urls_WithoutEnd_AreBounded()
    {
        for (var i = 0; i < 20_000; i++)
        {
            _urls.Add($"{i}", Url);
        }

        Assert.InRange(Enumerable.Range(0, 20_000).Count(i => _urls.Find($"{i}") is not null), 4096, 8192);
        Assert.Same(Url, _urls.Find("19999"));
    }
}
