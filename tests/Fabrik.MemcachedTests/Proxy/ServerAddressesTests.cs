using System.Net;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Proxy;
using Fabrik.MemcachedTests.Discovery;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.MemcachedTests.Proxy;

public sealed class ServerAddressesTests : IAsyncDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly TestClock _clock = new();
    private readonly ScriptedResolver _dns = new();
    private readonly ServerAddresses _addresses;

    public ServerAddressesTests() => _addresses = new ServerAddresses(_clock, _dns);

    public ValueTask DisposeAsync() => _addresses.DisposeAsync();

    [Fact]
    public async Task Find_OfANameWhoseAddressChanges_IsTheNewOneAfterTheInterval()
    {
        _dns.Set("one", "10.0.0.1");
        await AddAsync("one");
        Assert.Equal("10.0.0.1", Find("one"));
        _dns.Set("one", "10.0.0.2");

        _clock.Advance(ServerAddresses.Interval - Moment);
        Assert.Equal((1, "10.0.0.1"), (_dns.Asked, Find("one")));

        _clock.Advance(Moment);
        await Wait.UntilAsync(() => Find("one") == "10.0.0.2");
        Assert.Equal(2, _dns.Asked);
    }

    [Fact]
    public async Task Find_OfANameThatIsNotFoundAnyMore_IsTheLastAddress()
    {
        _dns.Set("one", "10.0.0.1");
        _dns.Set("two", "10.0.0.2");
        await AddAsync("one", "two");
        _dns.Remove("one");
        _dns.Set("two");

        await _clock.AdvanceUntilAsync(ServerAddresses.Interval, () => _dns.Asked >= 8);
        Assert.Equal(("10.0.0.1", "10.0.0.2"), (Find("one"), Find("two")));

        _dns.Set("one", "10.0.0.9");
        await _clock.AdvanceUntilAsync(ServerAddresses.Interval, () => Find("one") == "10.0.0.9");
    }

    [Fact]
    public async Task Find_OfANameThatIsFoundLater_IsItsAddressThen()
    {
        await AddAsync("late");
        Assert.Null(Find("late"));

        _dns.Set("late", "10.0.0.1");
        await _clock.AdvanceUntilAsync(ServerAddresses.Interval, () => Find("late") == "10.0.0.1");
    }

    [Fact]
    public async Task Find_OfANameWhoseAddressesTurn_StaysWithOne()
    {
        _dns.Set("many", "10.0.0.1", "10.0.0.2", "10.0.0.3");
        await AddAsync("many");
        foreach (var order in new[] { "231", "312", "321", "213" })
        {
            _dns.Set("many", [.. order.Select(static digit => $"10.0.0.{digit}")]);
            var asked = _dns.Asked;
            await _clock.AdvanceUntilAsync(ServerAddresses.Interval, () => _dns.Asked > asked);
            Assert.Equal("10.0.0.1", Find("many"));
        }

        _dns.Set("many", "10.0.0.3", "10.0.0.2");
        await _clock.AdvanceUntilAsync(ServerAddresses.Interval, () => Find("many") == "10.0.0.3");
    }

    [Fact]
    public async Task AddAsync_OfAddressesAndKnownNames_AsksNobody()
    {
        _dns.Set("one", "10.0.0.1");
        await AddAsync("one", "10.0.0.7", "fd00::1", "/run/memcached");
        await AddAsync("one", "ONE");

        Assert.Equal(1, _dns.Asked);
    }

    private Task AddAsync(params string[] hosts) => _addresses.AddAsync(
        new MemcachedProxyOptions
        {
            Listeners = [new ListenerOptions { Name = "main", EndPoint = new IPEndPoint(IPAddress.Loopback, 0) }],
            Backends =
            [
                new PoolOptions
                {
                    Name = "pool",
                    Servers = [.. hosts.Select(static host => new ServerOptions(host, host[0] == '/' ? 0 : 1))],
                },
            ],
            Routes = [],
        },
        TestContext.Current.CancellationToken);

    private string? Find(string name) => _addresses.Find(name)?.ToString();
}
