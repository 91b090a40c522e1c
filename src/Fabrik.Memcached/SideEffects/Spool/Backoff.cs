namespace Fabrik.Memcached.SideEffects.Spool;

/// <summary>When to try again what failed: each time twice as long after it, up to a limit. For one thread.</summary>
internal sealed class Backoff(SpoolOptions options, TimeProvider time)
{
    private TimeSpan _pause;
    private long _failedAt;

    /// <summary>How long it is to be left alone yet; nothing or less once it may be tried.</summary>
    public TimeSpan Left => _pause == TimeSpan.Zero ? TimeSpan.Zero : _pause - time.GetElapsedTime(_failedAt);

    /// <summary>Whether it may be tried.</summary>
    public bool IsDue => Left <= TimeSpan.Zero;

    /// <summary>Whether it failed when it was tried last.</summary>
    public bool HasFailed => _pause > TimeSpan.Zero;

    /// <summary>It failed.</summary>
    public void Fail()
    {
        _pause = _pause == TimeSpan.Zero ? options.FirstRetry : _pause * 2;
        _pause = _pause > options.MaxRetry ? options.MaxRetry : _pause;
        _failedAt = time.GetTimestamp();
    }

    /// <summary>It went well.</summary>
    public void Succeed() => _pause = TimeSpan.Zero;
}
