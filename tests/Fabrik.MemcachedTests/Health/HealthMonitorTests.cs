using System.Collections.Concurrent;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Health;
using Fabrik.Memcached.Servers;
using Fabrik.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.MemcachedTests.Health;

public sealed class HealthMonitorTests
{
    private static readonly PoolOptions Pool = new() { Name = "pool" };

    private readonly TestClock _clock = new();
    private readonly ConcurrentQueue<ServerTransition> _transitions = new();
    private readonly ConcurrentQueue<DateTimeOffset> _probed = new();
    private volatile object? _failure;

    [Fact]
    public async Task Watch_OfTheSameServerTwice_IsOne()
    {
        await using var monitor = Monitor();
        var server = new ServerOptions("10.0.0.1");
        var first = monitor.Watch(Pool, server);

        Assert.Same(first, monitor.Watch(Pool, new ServerOptions("10.0.0.1")));
        Assert.NotSame(first, monitor.Watch(Pool, new ServerOptions("10.0.0.2")));
    }

    [Fact]
    public async Task Keep_OfAConfiguration_ForgetsAllOtherServers()
    {
        await using var monitor = Monitor();
        var (kept, gone) = (new ServerOptions("10.0.0.1"), new ServerOptions("10.0.0.2"));
        var health = monitor.Watch(Pool, kept);
        monitor.Watch(Pool, gone);

        monitor.Keep(Configured(Pool with { Servers = [kept] }));

        Assert.Same(health, Assert.Single(monitor.Servers));
    }

    [Fact]
    public async Task Watch_OfAServerThatIsConfiguredOtherwise_CountsOnUntilItIsGone()
    {
        await using var monitor = Monitor();
        var server = new ServerOptions("10.0.0.1");
        var other = Pool with { Health = new HealthOptions { FailureLimit = 1 } };
        var before = monitor.Watch(Pool, server);
        before.BeginProbe();
        before.Probed(ServerFailure.Unreachable);

        var after = monitor.Watch(other, server);
        monitor.Keep(Configured(other with { Servers = [server] }));
        after.BeginProbe();
        after.Probed(ServerFailure.Unreachable);
        Assert.Equal((2, 2, 1), (after.Probes, after.FailedProbes, after.Deaths));

        monitor.Keep(Configured(other));
        Assert.Equal(0, monitor.Watch(other, server).Probes);
    }

    [Fact]
    public async Task OnTime_OfALiveServer_ProbesItAtIntervals()
    {
        await using var monitor = Monitor();
        var health = monitor.Watch(Pool, new ServerOptions("10.0.0.1"));

        await _clock.AdvanceUntilAsync(HealthMonitor.Step, () => _probed.Count >= 10);

        DateTimeOffset[] times = [.. _probed.Take(10)];
        Assert.All(
            times.Zip(times.Skip(1), static (a, b) => (b - a).TotalSeconds),
            static seconds => Assert.True(seconds >= 4.4, $"{seconds} s"));
        Assert.Equal(ServerCondition.Alive, health.Condition);
    }

    [Fact]
    public async Task OnTime_OfAServerThatDoesNotAnswer_FindsItDeadAndBack()
    {
        await using var monitor = Monitor();
        var health = monitor.Watch(Pool, new ServerOptions("10.0.0.1"));
        _failure = ServerFailure.TimedOut;

        await _clock.AdvanceUntilAsync(HealthMonitor.Step, () => health.Condition == ServerCondition.Dead);
        _failure = null;
        await _clock.AdvanceUntilAsync(HealthMonitor.Step, () => health.Condition == ServerCondition.Alive);

        Assert.Equal(
            [ServerCondition.Dead, ServerCondition.Returning, ServerCondition.Alive],
            _transitions.Select(static transition => transition.To));
        Assert.Equal(1, health.Share);
    }

    [Fact]
    public async Task OnTime_WithoutProbesOfLiveServers_StillBringsADeadOneBack()
    {
        await using var monitor = Monitor();
        var pool = Pool with { Health = new HealthOptions { ProbeInterval = TimeSpan.Zero } };
        var health = monitor.Watch(pool, new ServerOptions("10.0.0.1"));
        for (var i = 0; i < 100; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(0, health.Probes);
        for (var i = 0; i < 3; i++)
        {
            health.Failed(ServerFailure.Unreachable);
        }

        await _clock.AdvanceUntilAsync(HealthMonitor.Step, () => health.Condition == ServerCondition.Alive);
        Assert.Equal(1, health.Probes);
    }

    [Fact]
    public async Task OnTime_AfterAConnectionEnded_ProbesBeforeItsTime()
    {
        await using var monitor = Monitor();
        var pool = Pool with { Health = new HealthOptions { ProbeInterval = TimeSpan.FromDays(1) } };
        var health = monitor.Watch(pool, new ServerOptions("10.0.0.1"));

        health.Failed(ServerFailure.Closed);
        await _clock.AdvanceUntilAsync(HealthMonitor.Step, () => health.Probes == 1);

        Assert.False(health.IsSuspect);
    }

    [Fact]
    public async Task DisposeAsync_DuringAProbe_EndsIt()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var monitor = new HealthMonitor(new HealthServices
        {
            Time = _clock,
            Log = NullLogger.Instance,
            Probe = async (_, stop) =>
            {
                begun.SetResult();
                await Task.Delay(Timeout.Infinite, stop);
                return null;
            },
        });
        monitor.Watch(Pool, new ServerOptions("10.0.0.1"));
        await _clock.AdvanceUntilAsync(HealthMonitor.Step, begun.Task);

        await monitor.DisposeAsync();

        Assert.Empty(monitor.Servers);
    }

    private static MemcachedProxyOptions Configured(PoolOptions pool) =>
        new() { Listeners = [], Backends = [pool], Routes = [] };

    private HealthMonitor Monitor() => new(new HealthServices
    {
        Time = _clock,
        Log = NullLogger.Instance,
        Changed = _transitions.Enqueue,
        Random = new Random(1),
        Probe = (_, _) =>
        {
            _probed.Enqueue(_clock.GetUtcNow());
            return Task.FromResult((ServerFailure?)_failure);
        },
    });
}
