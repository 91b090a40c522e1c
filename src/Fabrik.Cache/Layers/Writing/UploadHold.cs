namespace Fabrik.Cache.Layers.Writing;

/// <summary>
/// Keeps artifacts that wait for upload from being evicted, by the local tier's promise, up to a number of bytes. A
/// promise cannot be taken back, so bytes are counted in spans as long as a promise: at most twice the limit is held.
/// </summary>
internal sealed class UploadHold(UploadQueueOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _spanStart = time.GetTimestamp();
    private long _held;

    /// <summary>Holds an artifact whose size is known, if there is room.</summary>
    public async ValueTask HoldAsync(UploadOrder order, CancellationToken cancellationToken)
    {
        if (order.Operation == UploadOperation.Delete || order.Size <= 0 || !TryTake(order.Size))
        {
            return;
        }

        // What it answers does not matter: without the promise the artifact may be lost, and is counted then.
        _ = await options.Local.ContainsAsync(new[] { order.Id }, new bool[1], cancellationToken);
    }

    private bool TryTake(long size)
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_spanStart) >= options.HoldTime)
            {
                _spanStart = time.GetTimestamp();
                _held = 0;
            }

            if (size > options.HoldLimit - _held)
            {
                return false;
            }

            _held += size;
            return true;
        }
    }
}
