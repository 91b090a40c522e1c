namespace Fabrik.Cache.Layers.Reading;

/// <summary>How much memory all windows may hold together, and where they get it.</summary>
/// <param name="limit">Bytes that they may hold, and that are kept for later, at most.</param>
/// <param name="time">The clock.</param>
internal sealed class WindowMemory(long limit, TimeProvider time) : IDisposable
{
    private long _charged;
    private long _held;

    /// <summary>Segments of the usual size.</summary>
    public SegmentPool Segments { get; } = new(limit, time);

    /// <summary>Bytes that windows hold, those above the limit that each may always have included.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Takes note of bytes; false when there are too many, so that they should be given back soon.</summary>
    public bool TryCharge(int bytes)
    {
        if (Interlocked.Add(ref _charged, bytes) <= limit)
        {
            return true;
        }

        Interlocked.Add(ref _charged, -bytes);
        return false;
    }

    public void Uncharge(int bytes) => Interlocked.Add(ref _charged, -bytes);

    public void Hold(int bytes) => Interlocked.Add(ref _held, bytes);

    public void Dispose() => Segments.Dispose();
}
