using Fabrik.Wire.Http;
using Xunit;

namespace Fabrik.ProtocolTests.Proxies;

/// <summary>What each setting of <c>s3_proxy.buckets.cache</c> does, from text to the wire.</summary>
public sealed class CacheSettingsTests
{
    [Theory]
    // The object is a year older than its answer: guessed, it would be fresh for a day.
    [InlineData("", "", 3600, true)]
    [InlineData("cache.ttl = \"60s\"", "", 59, true)]
    [InlineData("cache.ttl = \"60s\"", "", 60, false)]
    [InlineData("cache.ttl = \"48h\"", "", 47 * 3600, true)]
    // What an answer says of itself wins over ttl, and the bounds win over that.
    [InlineData("cache.ttl = \"60s\"", "max-age=600", 599, true)]
    [InlineData("cache.ttl = \"60s\"", "max-age=10", 10, false)]
    [InlineData("cache.min_ttl = \"5m\"", "max-age=10", 299, true)]
    [InlineData("cache.min_ttl = \"5m\"", "max-age=10", 300, false)]
    [InlineData("cache.max_ttl = \"5m\"", "max-age=3600", 299, true)]
    [InlineData("cache.max_ttl = \"5m\"", "max-age=3600", 300, false)]
    [InlineData("cache.min_ttl = \"5m\"", "no-store", 0, false)]
    [InlineData("cache.enabled = false", "max-age=3600", 0, false)]
    [InlineData("cache.max_object_size = \"1KiB\"", "max-age=3600", 0, true)]
    [InlineData("cache.max_object_size = \"1KiB\"", "max-age=3600", 0, false, 1025)]
    public async Task Answer_AfterAWhile_IsFreshAsSettingsSay(
        string settings, string says, int seconds, bool isHit, int size = 1024)
    {
        await using var proxy = await StartAsync(settings, says, size);
        Assert.Equal(200, (await proxy.GetAsync("/files/a")).Status);
        await proxy.Part.FlushAsync();
        proxy.Clock.Advance(TimeSpan.FromSeconds(seconds));
        var second = await proxy.GetAsync("/files/a");
        Assert.Equal((200, size), (second.Status, second.Body.Length));
        Assert.Equal(isHit, second.CacheStatus.Contains("; hit", StringComparison.Ordinal));
        Assert.Equal(isHit ? 1 : 2, proxy.Origin.Calls.Count);
    }

    [Theory]
    [InlineData("", 502)]
    [InlineData("cache.stale_if_error = \"10m\"", 200)]
    [InlineData("cache.stale_if_error = \"1m\"", 502)]
    public async Task Answer_ThatIsOver_WhileTheOriginFails_IsServedAsLongAsSettingsSay(string settings, int status)
    {
        await using var proxy = await StartAsync($"{settings}\ncache.ttl = \"1m\"", "", 1024);
        Assert.Equal(200, (await proxy.GetAsync("/files/a")).Status);
        proxy.Clock.Advance(TimeSpan.FromMinutes(3));
        proxy.Origin.Answer = static http =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        Assert.Equal(status, (await proxy.GetAsync("/files/a")).Status);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("cache.stale_while_revalidate = \"10m\"", true)]
    [InlineData("cache.stale_while_revalidate = \"1m\"", false)]
    public async Task Answer_ThatIsOver_IsServedAtOnceAsLongAsSettingsSay(string settings, bool isHit)
    {
        await using var proxy = await StartAsync($"{settings}\ncache.ttl = \"1m\"", "", 1024);
        Assert.Equal(200, (await proxy.GetAsync("/files/a")).Status);
        proxy.Clock.Advance(TimeSpan.FromMinutes(3));
        var second = await proxy.GetAsync("/files/a");
        Assert.Equal(isHit, second.CacheStatus.Contains("; hit", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", 0, 200)]
    [InlineData("cache.negative_ttl = \"10s\"", 9, 404)]
    [InlineData("cache.negative_ttl = \"10s\"", 10, 200)]
    public async Task Absence_IsRememberedAsLongAsSettingsSay(string settings, int seconds, int status)
    {
        await using var proxy = await StartAsync(settings, "", 1024);
        var answer = proxy.Origin.Answer;
        proxy.Origin.Answer = static http =>
        {
            http.Response.StatusCode = 404;
            return Task.CompletedTask;
        };
        Assert.Equal(404, (await proxy.GetAsync("/files/a")).Status);
        proxy.Origin.Answer = answer;
        proxy.Clock.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(status, (await proxy.GetAsync("/files/a")).Status);
    }

    private static async Task<ComposedProxy> StartAsync(string settings, string says, int size)
    {
        // No retries: they would wait for a clock that stands still.
        var proxy = await ComposedProxy.StartAsync(settings, "[s3_proxy.origin]\nretries = 0");
        proxy.Origin.Put("/store/a", size, "\"1\"");
        proxy.Origin.Answer = http =>
        {
            http.Response.Headers.CacheControl = says;
            http.Response.OnStarting(() =>
            {
                http.Response.Headers.LastModified = HttpDate.Format(proxy.Clock.GetUtcNow().AddYears(-1));
                return Task.CompletedTask;
            });
            return proxy.Origin.ServeAsync(http);
        };
        return proxy;
    }
}
