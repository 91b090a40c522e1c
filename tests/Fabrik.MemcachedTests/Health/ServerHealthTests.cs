using System.Text;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Health;
using Fabrik.Memcached.Servers;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.MemcachedTests.Health;

public sealed class ServerHealthTests
{
    private readonly TestClock _clock = new();
    private readonly List<ServerTransition> _transitions = [];
    private readonly ServerHealth _health;

    public ServerHealthTests() => _health = new ServerHealth(
        Pool(DeadServerPolicy.Rehash), new ServerOptions("10.0.0.1"), _clock, _transitions.Add);

    [Fact]
    public void Failed_AsOftenAsAllowed_IsDead()
    {
        _health.Failed(ServerFailure.TimedOut);
        _health.Failed(ServerFailure.Unreachable);
        Assert.True(_health.IsUsable);

        _health.Failed(ServerFailure.TimedOut);

        Assert.False(_health.IsUsable);
        Assert.Equal(1, _health.Deaths);
        var transition = Assert.Single(_transitions);
        Assert.Equal(("pool", "10.0.0.1:11211"), (transition.Pool, transition.Server));
        Assert.Equal((ServerCondition.Dead, ServerFailure.TimedOut), (transition.To, transition.Reason));
        Assert.Equal(TimeSpan.FromSeconds(1), transition.RetryAfter);
    }

    [Fact]
    public void Failed_WithSuccessesBetween_IsAlive()
    {
        for (var i = 0; i < 20; i++)
        {
            _health.Failed(ServerFailure.TimedOut);
            _health.Failed(ServerFailure.TimedOut);
            _health.Succeeded();
        }

        Assert.True(_health.IsUsable);
    }

    [Theory]
    [InlineData(ServerFailure.Overloaded)]
    [InlineData(ServerFailure.Down)]
    internal void Failed_ForWhatSaysNothingOfTheServer_IsAlive(ServerFailure reason)
    {
        for (var i = 0; i < 100; i++)
        {
            _health.Failed(reason);
        }

        Assert.True(_health.IsUsable);
        Assert.False(_health.IsSuspect);
    }

    [Fact]
    public void Failed_ForConnectionsThatEnd_IsSuspectAndDiesOnlyOfMany()
    {
        for (var i = 0; i < 47; i++)
        {
            _health.Failed(ServerFailure.Closed);
        }

        Assert.True(_health.IsUsable);
        Assert.True(_health.IsSuspect);

        _health.Failed(ServerFailure.Closed);
        Assert.False(_health.IsUsable);
    }

    [Fact]
    public void Probed_OfADeadServer_DoublesTheTimeUpToAMinute()
    {
        Kill();
        var waits = new List<TimeSpan>();
        for (var i = 0; i < 8; i++)
        {
            _health.Probed(ServerFailure.TimedOut);
            waits.Add(new TimeSpan(_health.RetryAt - _clock.GetTimestamp()));
        }

        Assert.Equal([2, 4, 8, 16, 32, 60, 60, 60], waits.Select(static wait => wait.TotalSeconds));
        Assert.Equal(8, _health.FailedProbes);
    }

    [Fact]
    public void Probed_WithAnAnswer_GivesKeysBackOneAfterTheOther()
    {
        var keys = Enumerable.Range(0, 2000).Select(static i => Encoding.ASCII.GetBytes($"key:{i}")).ToArray();
        Kill();
        Assert.DoesNotContain(keys, key => _health.Takes(key));
        _health.Probed(null);
        Assert.True(_health.IsUsable);

        var before = 0;
        byte[][] taken = [];
        for (var i = 0; i < 5; i++)
        {
            Assert.All(taken, key => Assert.True(_health.Takes(key)));
            taken = [.. keys.Where(key => _health.Takes(key))];
            Assert.InRange(taken.Length, before + 100, 1999);
            before = taken.Length;
            _clock.Advance(TimeSpan.FromSeconds(1));
            _health.Advance();
        }

        Assert.All(keys, key => Assert.True(_health.Takes(key)));
        Assert.Equal(
            [ServerCondition.Dead, ServerCondition.Returning, ServerCondition.Alive],
            _transitions.Select(static transition => transition.To));
    }

    [Fact]
    public void Probed_OfAServerThatStaysInTheRing_GivesItAllItsKeysAtOnce()
    {
        var health = new ServerHealth(
            Pool(DeadServerPolicy.KeepInRing), new ServerOptions("10.0.0.1"), _clock, _transitions.Add);
        for (var i = 0; i < 3; i++)
        {
            health.Failed(ServerFailure.Unreachable);
        }

        Assert.Equal(0, health.Share);
        health.Probed(null);

        Assert.Equal((1, ServerCondition.Returning), (health.Share, health.Condition));
        Assert.False(_transitions[^1].ReturnsSlowly);
        _clock.Advance(TimeSpan.FromSeconds(1));
        health.Advance();
        Assert.Equal(1, health.Share);
    }

    [Fact]
    public void Failed_WhileItComesBack_IsDeadAtOnceAndForLonger()
    {
        Kill();
        _health.Probed(null);

        _health.Failed(ServerFailure.TimedOut);

        Assert.False(_health.IsUsable);
        Assert.Equal(TimeSpan.FromSeconds(2), _transitions[^1].RetryAfter);
    }

    [Fact]
    public void Failed_AfterItWasBackForGood_IsLeftAloneAsAtFirst()
    {
        Kill();
        _health.Probed(ServerFailure.TimedOut);
        _health.Probed(null);
        _clock.Advance(ServerHealth.RampTime);
        _health.Advance();

        Kill();

        Assert.Equal(TimeSpan.FromSeconds(1), _transitions[^1].RetryAfter);
    }

    [Fact]
    public void Succeeded_LateOfADeadServer_LeavesItDead()
    {
        Kill();

        _health.Succeeded();

        Assert.False(_health.IsUsable);
    }

    [Fact]
    public void Failed_ByManyThreads_DiesOnce()
    {
        Parallel.For(0, 1000, _ => _health.Failed(ServerFailure.TimedOut));

        Assert.Equal(1, _health.Deaths);
        Assert.Single(_transitions);
    }

    private void Kill()
    {
        for (var i = 0; i < 3; i++)
        {
            _health.Failed(ServerFailure.TimedOut);
        }
    }

    private static PoolOptions Pool(DeadServerPolicy whenDead) =>
        new() { Name = "pool", Health = new HealthOptions { WhenDead = whenDead } };
}
