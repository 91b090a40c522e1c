using System.Text;
using Fabrik.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fabrik.ProtocolTests.Proxies;

/// <summary>A plain HTTP origin behind the cache: RFC 9111 and its neighbours, as clients see them.</summary>
public sealed class HttpProxyTests
{
    [Fact]
    public async Task Answer_WithoutALength_IsKeptWhole()
    {
        await using var host = await ProxyHost.StartAsync(static host => host.Http());
        Answer(host, "hello", "max-age=60");
        Assert.Equal("hello", (await host.GetAsync("/a")).Text);
        await host.SettleAsync();
        var hit = await host.GetAsync("/a", ("Range", "bytes=1-2"));
        Assert.Equal((206, "el"), (hit.Status, hit.Text));
        Assert.Single(host.Origin.Calls);
    }

    [Fact]
    public async Task Variants_OfOneTarget_AreKeptApart()
    {
        await using var host = await ProxyHost.StartAsync(static host => host.Http());
        host.Origin.Answer = static http =>
        {
            http.Response.Headers.CacheControl = "max-age=60";
            http.Response.Headers.Vary = "Accept-Language";
            return http.Response.WriteAsync(http.Request.Headers.AcceptLanguage.ToString());
        };
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("de", (await host.GetAsync("/a", ("Accept-Language", "de"))).Text);
            Assert.Equal("fr", (await host.GetAsync("/a", ("Accept-Language", "fr"))).Text);
            await host.SettleAsync();
        }

        Assert.Equal(2, host.Origin.Calls.Count);
    }

    [Theory]
    [InlineData("no-store")]
    [InlineData("private, max-age=60")]
    public async Task Answers_ThatMayNotBeStored_AreNot(string cacheControl)
    {
        await using var host = await ProxyHost.StartAsync(static host => host.Http());
        Answer(host, "x", cacheControl);
        await host.GetAsync("/a");
        await host.GetAsync("/a");
        Assert.Equal(2, host.Origin.Calls.Count);
        Assert.Equal(0, host.Tier.Count);
    }

    [Fact]
    public async Task Stale_WithinItsGrace_IsServedAndValidatedMeanwhile()
    {
        await using var host = await ProxyHost.StartAsync(static host => host.Http());
        Answer(host, "one", "max-age=10, stale-while-revalidate=60");
        await host.GetAsync("/a");
        await host.SettleAsync();
        Answer(host, "two", "max-age=10, stale-while-revalidate=60");
        host.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("one", (await host.GetAsync("/a")).Text);
        await Wait.UntilAsync(() => host.Origin.Calls.Count == 2 && host.Door.State.Refresh.Running == 0);
        await host.SettleAsync();
        Assert.Equal("two", (await host.GetAsync("/a")).Text);
    }

    [Fact]
    public async Task Request_ThatIsUnsafe_MakesWhatIsStoredInvalid()
    {
        await using var host = await ProxyHost.StartAsync(static host => host.Http());
        Answer(host, "one", "max-age=60");
        await host.GetAsync("/a");
        await host.SettleAsync();
        host.Origin.Answer = static async http =>
        {
            using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
            await http.Response.WriteAsync(await reader.ReadToEndAsync());
        };
        using var content = new StringContent("sent");
        using var posted = await host.Client.PostAsync(new Uri("/a", UriKind.Relative), content);
        Assert.Equal("sent", await posted.Content.ReadAsStringAsync());
        Answer(host, "two", "max-age=60");
        Assert.Equal("two", (await host.GetAsync("/a")).Text);
    }

    [Fact]
    public async Task Client_ThatWantsOnlyWhatIsStored_IsToldWhenThereIsNothing()
    {
        await using var host = await ProxyHost.StartAsync(static host => host.Http());
        Assert.Equal(504, (await host.GetAsync("/a", ("Cache-Control", "only-if-cached"))).Status);
        Assert.Empty(host.Origin.Calls);
    }

    [Fact]
    public async Task Herd_OnWhatMayNotBeShared_IsAnsweredOneByOne()
    {
        await using var host = await ProxyHost.StartAsync(static host => host.Http());
        Answer(host, "x", "private");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.GetAsync("/a")));
        Assert.All(answers, answer => Assert.Equal((200, "x"), (answer.Status, answer.Text)));
        Assert.Equal(20, host.Origin.Calls.Count);
    }

    private static void Answer(ProxyHost host, string body, string cacheControl) => host.Origin.Answer = http =>
    {
        http.Response.Headers.CacheControl = cacheControl;
        return http.Response.WriteAsync(body);
    };
}
