using Fabrik.Memcached.Clients;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Proxy;
using Fabrik.MemcachedTests.Destinations;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

public sealed class RegexTimeoutsTests
{
    [Fact]
    public void Exceeded_OverAndOver_IsCountedAndToldOnceAMinute()
    {
        var loop = new ManualLoop();
        using var logs = new CollectingLogs(LogLevel.Warning);
        var route = new Route
        {
            Options = new RouteOptions { Name = "slow", Backend = "b", Matcher = "/x/" },
            Destination = new QuietDestination { Name = "b" },
            Counters = new RouteCounters(),
        };
        var exceeded = new RegexTimeouts(loop, logs).Of(route).Exceeded!;

        exceeded();
        exceeded();
        loop.Clock.Advance(TimeSpan.FromSeconds(59));
        exceeded();
        Assert.Single(logs.Lines);
        loop.Clock.Advance(TimeSpan.FromSeconds(1));
        exceeded();

        Assert.Equal(4, route.Counters.RegexTimeouts);
        Assert.Equal(2, logs.Lines.Count);
        Assert.Contains(
            "Route slow: its regular expression took more than 100 ms", logs.Lines.Last(), StringComparison.Ordinal);
        Assert.Contains("; 3 keys ", logs.Lines.Last(), StringComparison.Ordinal);
    }
}
