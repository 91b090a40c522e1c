using Fabrik.Memcached.Loop;

namespace Fabrik.Memcached.Clients;

/// <summary>
/// Lets clients go that have asked nothing for long: one timer for all clients of a loop, so that one that has left
/// is not held by a timer of its own.
/// </summary>
internal sealed class IdleWatch
{
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
    /// Begins to look, if clients may not be idle for ever: four times within that time, so that one is let go after
    /// five quarters of it at the latest.
    /// </summary>
    public void Begin()
    {
        if (_scope.Limits.IdleTimeout > TimeSpan.Zero)
        {
            _timer.Set(_scope.Limits.IdleTimeout / 4);
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
