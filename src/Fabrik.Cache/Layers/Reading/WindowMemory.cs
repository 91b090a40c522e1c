namespace Fabrik.Cache.Layers.Reading;

/// <summary>How much memory all windows may hold together.</summary>
internal sealed class WindowMemory(long limit)
{
    private long _charged;
    private long _held;

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
}
