using Fabrik.Cache.Local;
using Fabrik.Proxies.Configuration;
using Fabrik.Proxies.Storage;
using Fabrik.Testing;
using Fabrik.Wire.Http.Caching;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.ProtocolTests.Proxies;

/// <summary>
/// Many clients, objects that change, an origin that fails, a store that is too small: whatever an answer holds is of
/// one version, to the byte.
/// </summary>
public sealed class ProxyStressTests
{
    private const int Objects = 8;
    private const int Clients = 8;
    private const int RequestsOfAClient = 60;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Answers_FromATierInMemory_AreOfOneVersion(int seed) => RunAsync(seed, store: null, new TestClock());

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Answers_FromAStoreThatEvicts_AreOfOneVersion(int seed)
    {
        var folder = Directory.CreateTempSubdirectory("fabrik-proxy-");
        try
        {
            var clock = new TestClock();
            await using var store = await OpenAsync(folder.FullName, clock, 1_500_000);
            await RunAsync(seed, store, clock);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Body_ThatWasStored_IsServedAfterARestart()
    {
        var folder = Directory.CreateTempSubdirectory("fabrik-proxy-");
        try
        {
            var clock = new TestClock();
            byte[] body;
            await using (var store = await OpenAsync(folder.FullName, clock, 100_000_000))
            await using (var host = await ProxyHost.StartAsync(store: store, clock: clock))
            {
                body = host.Origin.Put("/store/a", 500_000, "\"1\"").Bytes;
                await host.GetAsync("/files/a");
                await host.SettleAsync();
            }

            await using var reopened = await OpenAsync(folder.FullName, clock, 100_000_000);
            await using var next = await ProxyHost.StartAsync(store: reopened, clock: clock);
            Assert.Equal(body, (await next.GetAsync("/files/a")).Body);
            Assert.Empty(next.Origin.Calls);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Head_WhoseSlicesWereEvicted_FetchesThemByRange()
    {
        await using var host = await ProxyHost.StartAsync();
        var body = host.Origin.Put("/store/a", (4 * ProxyHost.SliceSize) + 5, "\"1\"").Bytes;
        await host.GetAsync("/files/a");
        await host.SettleAsync();
        var key = new ResourceKey("files", "/a");
        Assert.True(host.Door.State.Heads.TryFind(key, out var head));
        foreach (var slice in new[] { 1, 2, 4 })
        {
            await host.Tier.DeleteAsync(head!.Variants[0].SliceId(key, slice), TestContext.Current.CancellationToken);
        }

        Assert.Equal(body, (await host.GetAsync("/files/a")).Body);
        var ranges = string.Join(' ', host.Origin.Calls.Select(static call => call["Range"] ?? "whole"));
        Assert.Equal("whole bytes=65536-196607 bytes=262144-262148", ranges);
    }

    private static async Task RunAsync(int seed, LocalStore? store, TestClock clock)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var origin = new VersionedOrigin(seed, Objects);
        await using var host = await ProxyHost.StartAsync(Rules, store, clock);
        host.Origin.Answer = origin.AnswerAsync;
        var whole = await Task.WhenAll(
            Enumerable.Range(0, Clients)
                .Select(number => ClientAsync(host, origin, new Random((seed * 100) + number))));
        await host.SettleAsync();
        Assert.True(whole.Sum() > Clients * RequestsOfAClient / 3, $"only {whole.Sum()} answers were whole");
    }

    // How many answers came to their end.
    private static async Task<int> ClientAsync(ProxyHost host, VersionedOrigin origin, Random chance)
    {
        var whole = 0;
        for (var i = 0; i < RequestsOfAClient; i++)
        {
            var number = Math.Min(chance.Next(Objects), chance.Next(Objects));
            switch (chance.Next(40))
            {
                case 0:
                    origin.Change(number);
                    break;
                case 1:
                    host.Clock.Advance(TimeSpan.FromMilliseconds(700));
                    break;
                case 2:
                    await host.Door.PurgeAsync(
                        new ResourceKey("files", $"/{number}"), chance.Next(2) == 0, CancellationToken.None);
                    break;
                default:
                    whole += await ReadAsync(host, origin, number, chance) ? 1 : 0;
                    break;
            }
        }

        return whole;
    }

    // Whether the answer came to its end; an answer that is broken off tells its client so.
    private static async Task<bool> ReadAsync(ProxyHost host, VersionedOrigin origin, int number, Random chance)
    {
        (string, string)[] headers = chance.Next(3) == 0 ? [] : [("Range", RangeOf(chance))];
        try
        {
            var answer = await host.GetAsync($"/files/{number}", headers);
            Assert.Contains(answer.Status, (int[])[200, 206, 416, 502, 503]);
            if (answer.Status is 200 or 206)
            {
                Assert.True(
                    origin.IsOfOneVersion(number, answer),
                    $"object {number}, {(headers is [var (_, range)] ? range : "whole")}: bytes of no one version");
                return true;
            }

            return answer.Status == 416;
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return false;
        }
    }

    private static string RangeOf(Random chance)
    {
        var first = chance.Next(300_000);
        return chance.Next(4) switch
        {
            0 => $"bytes={first}-",
            1 => $"bytes=-{1 + (first / 2)}",
            _ => $"bytes={first}-{first + chance.Next(150_000)}",
        };
    }

    private static ProxyOptions Rules(ProxyHost host) => host.S3(static bucket => bucket with
    {
        Origin = bucket.Origin with { BreakerFailures = int.MaxValue },
        Cache = new CacheRule
        {
            Freshness = new CachingOptions
            {
                MinLifetime = TimeSpan.FromSeconds(2),
                MaxLifetime = TimeSpan.FromSeconds(2),
                DefaultStaleIfError = TimeSpan.FromSeconds(2),
                DefaultStaleWhileRevalidate = TimeSpan.FromSeconds(1),
            },
        },
    });

    private static async Task<LocalStore> OpenAsync(string folder, TestClock clock, long maxSize)
    {
        var options = new LocalStoreOptions { Directory = Path.Combine(folder, "store"), MaxSize = maxSize };
        var opened = await LocalStore.OpenAsync(options, clock, NullLoggerFactory.Instance, CancellationToken.None);
        Assert.True(opened.TryGet(out var store, out var error), error?.Message);
        return store!;
    }
}
