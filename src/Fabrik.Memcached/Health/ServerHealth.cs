using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Servers;
using Fabrik.Wire.Memcached.Hashing;

namespace Fabrik.Memcached.Health;

/// <summary>
/// How a server does, as all loops and its probes see it together. A dead server comes back by a probe only, so that no
/// request waits for one that is still dead.
/// </summary>
/// <remarks>
/// Requests read fields that hardly ever change; only failures and transitions write. Transitions are made under a
/// lock.
/// </remarks>
internal sealed class ServerHealth : IServerHealth, IServerObserver
{
    /// <summary>How long it takes until a server that is back has all its keys again.</summary>
    public static readonly TimeSpan RampTime = TimeSpan.FromSeconds(5);

    /// <summary>How long a dead server is left alone at most.</summary>
    public static readonly TimeSpan MaxRetryInterval = TimeSpan.FromMinutes(1);

    private const int WholeShare = 1 << 16;
    private const int FirstShare = WholeShare / 10;

    // A connection that ends says little: servers end idle ones, and after a restart those of all loops end at once.
    private const int FailureWeight = 16;
    private const int ClosedWeight = 1;

    private readonly Lock _changing = new();
    private readonly HealthOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<ServerTransition> _changed;
    private readonly HealthCounters _counters;
    private volatile ServerCondition _condition;
    private volatile int _share = WholeShare;
    private volatile bool _isSuspect;
    private int _failures;
    private long _returnedAt;
    private long _retryAt = long.MaxValue;
    private TimeSpan _retry;

    /// <summary>A server that is taken for alive.</summary>
    /// <param name="pool">The pool that it is of.</param>
    /// <param name="server">The server.</param>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Is told of each transition; it is quick, and any thread may call it.</param>
    /// <param name="counters">What goes on to be counted; null for counters of its own.</param>
    public ServerHealth(
        PoolOptions pool,
        ServerOptions server,
        TimeProvider time,
        Action<ServerTransition> changed,
        HealthCounters? counters = null)
    {
        _counters = counters ?? new HealthCounters();
        (Pool, Server, _options, _time, _changed) = (pool, server, pool.Health, time, changed);
        _retry = pool.Health.RetryInterval;
    }

    /// <summary>The pool that it is of.</summary>
    public PoolOptions Pool { get; }

    /// <summary>The server.</summary>
    public ServerOptions Server { get; }

    /// <summary>What it is taken for.</summary>
    public ServerCondition Condition => _condition;

    /// <summary>The share of its keys that it gets, 0 to 1.</summary>
    public double Share => (double)_share / WholeShare;

    /// <summary>How often it died.</summary>
    public long Deaths => Volatile.Read(ref _counters.Deaths);

    /// <summary>Probes that were made.</summary>
    public long Probes => Volatile.Read(ref _counters.Probes);

    /// <summary>Probes that were not answered.</summary>
    public long FailedProbes => Volatile.Read(ref _counters.FailedProbes);

    /// <summary>Whether a probe is wanted before its time: a connection has ended.</summary>
    public bool IsSuspect => _isSuspect;

    /// <summary>The timestamp from which on it is probed while it is dead.</summary>
    public long RetryAt => Volatile.Read(ref _retryAt);

    /// <inheritdoc cref="IServerHealth.IsUsable"/>
    public bool IsUsable => _share != 0;

    // Nobody else has had the keys of a server that stays in the ring.
    private bool ReturnsSlowly => _options.WhenDead != DeadServerPolicy.KeepInRing;

    /// <inheritdoc/>
    public bool Takes(ReadOnlySpan<byte> key)
    {
        var share = _share;
        return share == WholeShare || (int)(XxHash3.Compute(key) & (WholeShare - 1)) < share;
    }

    /// <inheritdoc/>
    public void Succeeded()
    {
        if (Volatile.Read(ref _failures) != 0)
        {
            Volatile.Write(ref _failures, 0);
        }
    }

    /// <inheritdoc/>
    public void Failed(ServerFailure reason)
    {
        if (reason is ServerFailure.Overloaded or ServerFailure.Down || _condition == ServerCondition.Dead)
        {
            return;
        }

        _isSuspect |= reason == ServerFailure.Closed;
        var weight = reason == ServerFailure.Closed ? ClosedWeight : FailureWeight;
        var limit = _condition == ServerCondition.Returning ? 1 : _options.FailureLimit;
        if (Interlocked.Add(ref _failures, weight) >= limit * FailureWeight)
        {
            Die(reason);
        }
    }

    /// <summary>A probe begins.</summary>
    public void BeginProbe()
    {
        _isSuspect = false;
        Interlocked.Increment(ref _counters.Probes);
    }

    /// <summary>A probe has ended.</summary>
    /// <param name="failure">How it failed; null if it was answered.</param>
    /// <returns>How long a server that is not dead is left to its requests; zero for ever.</returns>
    public TimeSpan Probed(ServerFailure? failure)
    {
        if (failure is { } reason)
        {
            Interlocked.Increment(ref _counters.FailedProbes);
            return ProbeFailed(reason);
        }

        if (_condition == ServerCondition.Dead)
        {
            ComeBack();
        }
        else
        {
            Succeeded();
        }

        return _options.ProbeInterval;
    }

    /// <summary>Gives a server that is back its keys as time goes by.</summary>
    public void Advance()
    {
        if (_condition != ServerCondition.Returning)
        {
            return;
        }

        lock (_changing)
        {
            if (_condition != ServerCondition.Returning)
            {
                return;
            }

            var risen = _time.GetElapsedTime(_returnedAt) / RampTime;
            if (risen < 1)
            {
                _share = Rising(risen);
                return;
            }

            _share = WholeShare;
            _retry = _options.RetryInterval;
            Become(ServerCondition.Alive);
        }
    }

    private TimeSpan ProbeFailed(ServerFailure reason)
    {
        lock (_changing)
        {
            if (_condition == ServerCondition.Dead)
            {
                LeaveAlone(Longer(_retry));
                return _options.ProbeInterval;
            }
        }

        Failed(reason == ServerFailure.Closed ? ServerFailure.Unreachable : reason);
        return _options.RetryInterval;
    }

    private void Die(ServerFailure reason)
    {
        lock (_changing)
        {
            if (_condition == ServerCondition.Dead)
            {
                return;
            }

            // Who dies while it comes back is left alone longer than before.
            LeaveAlone(_condition == ServerCondition.Returning ? Longer(_retry) : _options.RetryInterval);
            _share = 0;
            Interlocked.Increment(ref _counters.Deaths);
            Become(ServerCondition.Dead, reason);
        }
    }

    private void LeaveAlone(TimeSpan time)
    {
        _retry = time;
        var ticks = (long)(time.TotalSeconds * _time.TimestampFrequency);
        Volatile.Write(ref _retryAt, _time.GetTimestamp() + ticks);
    }

    private void ComeBack()
    {
        lock (_changing)
        {
            _returnedAt = _time.GetTimestamp();
            _share = Rising(0);
            Volatile.Write(ref _failures, 0);
            Become(ServerCondition.Returning);
        }
    }

    private int Rising(double part) =>
        ReturnsSlowly ? FirstShare + (int)((WholeShare - FirstShare) * part) : WholeShare;

    private void Become(ServerCondition condition, ServerFailure? reason = null)
    {
        _condition = condition;
        _changed(new ServerTransition(Pool.Name, Server.ToString(), condition, _time.GetUtcNow())
        {
            Reason = reason,
            ReturnsSlowly = ReturnsSlowly,
            RetryAfter = condition == ServerCondition.Dead ? _retry : TimeSpan.Zero,
        });
    }

    private static TimeSpan Longer(TimeSpan retry) => retry * 2 < MaxRetryInterval ? retry * 2 : MaxRetryInterval;
}
