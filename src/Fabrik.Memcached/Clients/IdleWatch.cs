using Fabrik.Memcached.Loop;

namespace Fabrik.Memcached.Clients;

/// <summary>
/// Lets clients go that have asked nothing for long: one timer for all clients of a loop, so that one that has left
/// is not held by a timer of its own.
/// </summary>
internal sealed class IdleWatch
{
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromSeconds(10);

    private readonly ClientScope _scope;
    private readonly LoopTimer _timer;
    private readonly List<ClientConnection> _idle = [];

    /// <summary>Makes one that watches nobody yet.</summary>
    public IdleWatch(ClientScope scope)
    {
        _scope = scope;
        _timer = new LoopTimer(scope.Loop, Look);
    }

    /// <summary>
    /// Begins to look, if clients may not be idle for ever: at least four times within that time, so that one is
    /// let go after five quarters of it at the latest.
    /// </summary>
    public void Begin()
    {
        if (_scope.Limits.IdleTimeout > TimeSpan.Zero)
        {
            // No longer than this: meanwhile a shorter time may be configured.
            var period = _scope.Limits.IdleTimeout / 4;
            _timer.Set(period < LongestPeriod ? period : LongestPeriod);
        }
    }

    private void Look()
    {
        var limit = _scope.Limits.IdleTimeout;
        foreach (var client in _scope.Clients)
        {
            if (limit > TimeSpan.Zero && client.IsIdleFor(limit))
            {
                _idle.Add(client);
            }
        }

        foreach (var client in _idle)
        {
            client.Abort();
        }

        _idle.Clear();
        Begin();
    }
}
