namespace Fabrik.Memcached.Loop;

/// <summary>A timer that is set at most once at a time.</summary>
internal sealed class LoopTimer(ILoop loop, Action onTime) : ILoopTimer
{
    /// <summary>Whether it is set.</summary>
    public bool IsSet { get; private set; }

    /// <summary>Sets it, unless it is set already.</summary>
    public void Set(TimeSpan delay)
    {
        if (!IsSet)
        {
            IsSet = true;
            loop.Schedule(this, delay);
        }
    }

    /// <inheritdoc/>
    public void OnTime()
    {
        IsSet = false;
        onTime();
    }
}
