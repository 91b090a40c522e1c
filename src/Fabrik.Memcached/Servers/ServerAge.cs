using Fabrik.Memcached.Loop;

namespace Fabrik.Memcached.Servers;

/// <summary>Says when a connection to a server has been unused, or open, for as long as it may.</summary>
internal sealed class ServerAge
{
    private readonly ServerConnection _connection;
    private readonly ServerLink _link;
    private readonly LoopTimer _timer;
    private readonly long _openedAt;
    private long _usedAt;

    /// <summary>Begins to count.</summary>
    public ServerAge(ServerConnection connection, ServerLink link)
    {
        _connection = connection;
        _link = link;
        _timer = new LoopTimer(link.Loop, Look);
        _openedAt = _usedAt = link.Loop.Now;
    }

    /// <summary>It is used now.</summary>
    public void Use() => _usedAt = _link.Loop.Now;

    /// <summary>Begins to look, if there is a limit: four times within the shorter one.</summary>
    public void Watch()
    {
        var (idle, life) = (_link.Options.IdleTimeout, _link.Options.MaxLifetime);
        if (idle > TimeSpan.Zero || life > TimeSpan.Zero)
        {
            var period = idle == TimeSpan.Zero ? life : life == TimeSpan.Zero || idle < life ? idle : life;
            _timer.Set(period / 4);
        }
    }

    private void Look()
    {
        if (_connection.IsClosed)
        {
            return;
        }

        var isOld = IsOver(_link.Options.MaxLifetime, _openedAt);
        var isUnused = IsOver(_link.Options.IdleTimeout, _usedAt) && _connection.Pending == 0;
        if (isOld || isUnused)
        {
            _connection.Drain();
        }

        if (_connection.IsOpen)
        {
            Watch();
        }
    }

    private bool IsOver(TimeSpan limit, long since) =>
        limit > TimeSpan.Zero && _link.Loop.Time.GetElapsedTime(since, _link.Loop.Now) >= limit;
}
