namespace Fabrik.Memcached.Warming;

/// <summary>Lets no more keys go by in a second than it may. For one at a time.</summary>
/// <param name="rate">Keys in a second; 0 for any number.</param>
/// <param name="time">The clock.</param>
internal sealed class KeyPace(double rate, TimeProvider time)
{
    private readonly long _begunAt = time.GetTimestamp();
    private long _passed;

    /// <summary>Waits until the next key may go.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (rate <= 0)
        {
            return;
        }

        var ahead = TimeSpan.FromSeconds(_passed / rate) - time.GetElapsedTime(_begunAt);
        _passed++;
        if (ahead > TimeSpan.Zero)
        {
            await Task.Delay(ahead, time, cancellationToken);
        }
    }
}
