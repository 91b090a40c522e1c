using System.Collections.Concurrent;
using System.Net;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Discovery;
using Fabrik.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.MemcachedTests.Discovery;

public sealed class PoolDirectoryTests : IAsyncDisposable
{
    private readonly TestClock _clock = new();
    private readonly ScriptedResolver _dns = new();
    private readonly ConcurrentQueue<string> _changed = new();
    private int _refused;
    private readonly PoolDirectory _directory;

    public PoolDirectoryTests() => _directory = new PoolDirectory(new DiscoveryServices
    {
        Time = _clock,
        Resolver = _dns,
        Log = NullLogger.Instance,
        Changed = (pool, _) =>
        {
            _changed.Enqueue(pool);
            return Interlocked.Decrement(ref _refused) < 0
                ? Task.CompletedTask
                : throw new System.Security.Cryptography.CryptographicException("This is no certificate.");
        },
    });

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    [Fact]
    public async Task ApplyAsync_OfAPoolThatIsFound_KnowsItsServersAtOnce()
    {
        _dns.Set("cache", "10.0.0.1", "10.0.0.2");

        await ApplyAsync(Found("cache"));

        Assert.Equal("10.0.0.1:1 10.0.0.2:1", Servers(Found("cache")));
        Assert.Empty(_changed);
    }

    [Fact]
    public async Task RunAsync_WithOtherAddresses_TellsOnceAndKeepsTheOrder()
    {
        _dns.Set("cache", "10.0.0.1", "10.0.0.3");
        await ApplyAsync(Found("cache"));
        _dns.Set("cache", "10.0.0.3", "10.0.0.2", "10.0.0.1");

        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => !_changed.IsEmpty);
        var asked = _dns.Asked;
        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => _dns.Asked > asked + 2);

        Assert.Equal("pool", Assert.Single(_changed));
        Assert.Equal("10.0.0.1:1 10.0.0.2:1 10.0.0.3:1", Servers(Found("cache")));
    }

    [Fact]
    public async Task RunAsync_WithServersThatCannotBeTakenAtFirst_TellsOfThemUntilTheyAre()
    {
        _dns.Set("cache", "10.0.0.1");
        await ApplyAsync(Found("cache"));
        _refused = 2;
        _dns.Set("cache", "10.0.0.2");

        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => _changed.Count == 3);
        var asked = _dns.Asked;
        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => _dns.Asked > asked + 2);

        Assert.Equal(3, _changed.Count);
    }

    [Fact]
    public async Task RunAsync_WhereDnsFails_KeepsWhatIsKnown()
    {
        _dns.Set("cache", "10.0.0.1");
        await ApplyAsync(Found("cache"));
        _dns.Set("cache");
        var asked = _dns.Asked;

        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => _dns.Asked > asked + 2);

        Assert.Equal("10.0.0.1:1", Servers(Found("cache")));
        Assert.Empty(_changed);
    }

    [Fact]
    public async Task ApplyAsync_WhereNobodyAnswersAtFirst_KeepsWhatIsConfiguredUntilItIsFound()
    {
        var pool = Found("cache") with { Servers = [new ServerOptions("10.0.0.9", 1)] };
        await ApplyAsync(pool);
        Assert.Equal("10.0.0.9:1", Servers(pool));

        _dns.Set("cache", "10.0.0.1");
        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => !_changed.IsEmpty);

        Assert.Equal("10.0.0.1:1", Servers(pool));
    }

    [Fact]
    public async Task ApplyAsync_WithOtherConnectionsWhileDnsFails_KeepsWhatWasFound()
    {
        _dns.Set("cache", "10.0.0.1");
        await ApplyAsync(Found("cache"));
        _dns.Remove("cache");
        var patient = Found("cache") with
        {
            Connections = new ConnectionOptions { ReplyTimeout = TimeSpan.FromMinutes(1) },
        };

        await ApplyAsync(patient);

        Assert.Equal("10.0.0.1:1", Servers(patient));
    }

    [Fact]
    public async Task ApplyAsync_BackFromAnotherNameWhileDnsFails_KnowsWhatItHadFound()
    {
        _dns.Set("cache", "10.0.0.1");
        _dns.Set("other", "10.0.0.2");
        await ApplyAsync(Found("cache"));
        _dns.Remove("cache");
        await ApplyAsync(Found("other"));
        Assert.Equal("10.0.0.2:1", Servers(Found("other")));

        await ApplyAsync(Found("cache"));

        Assert.Equal("10.0.0.1:1", Servers(Found("cache")));
    }

    [Fact]
    public async Task ApplyAsync_OfTheSamePool_DoesNotAskAnew()
    {
        _dns.Set("cache", "10.0.0.1");
        await ApplyAsync(Found("cache"));

        await ApplyAsync(Found("cache"));
        Assert.Equal(1, _dns.Asked);

        await ApplyAsync();
        Assert.Equal("", Servers(Found("cache")));
    }

    [Fact]
    public async Task ApplyAsync_OfServersWithAddresses_AsksNobody()
    {
        var pool = new PoolOptions { Name = "pool", Servers = [new("10.0.0.1", 1)] };
        await ApplyAsync(pool);

        Assert.Equal("10.0.0.1:1", Servers(pool));
        Assert.Equal(0, _dns.Asked);
    }

    private static PoolOptions Found(string name) => new()
    {
        Name = "pool",
        Discovery = new DiscoveryOptions(DiscoveryKind.Dns, name, 1, TimeSpan.FromSeconds(10)),
    };

    private static MemcachedProxyOptions Options(params PoolOptions[] pools) => new()
    {
        Listeners = [new ListenerOptions { Name = "main", EndPoint = new IPEndPoint(IPAddress.Loopback, 0) }],
        Backends = pools,
        Routes = [],
    };

    private Task ApplyAsync(params PoolOptions[] pools) =>
        _directory.ApplyAsync(Options(pools), TestContext.Current.CancellationToken);

    private string Servers(PoolOptions pool) =>
        string.Join(' ', ((PoolOptions)_directory.Resolve(Options(pool)).Backends[0]).Servers);
}
