namespace Fabrik.Cache.Resilience;

/// <summary>A moment that can be waited for together with other things, and be dropped without a trace.</summary>
internal sealed class Alarm : IDisposable
{
    private readonly TaskCompletionSource _rings = new();
    private readonly ITimer _timer;

    /// <summary>Rings after a time.</summary>
    public Alarm(TimeProvider time, TimeSpan after)
    {
        _timer = time.CreateTimer(
            static rings => ((TaskCompletionSource)rings!).TrySetResult(), _rings, after, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends when the moment has come.</summary>
    public Task Rings => _rings.Task;

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();
}
