namespace Fabrik.Memcached.Requests;

/// <summary>A loop's pending answers that are used again.</summary>
internal sealed class PendingReplyPool
{
    private const int MaxIdle = 16 * 1024;

    private readonly Stack<PendingReply> _idle = new();

    /// <summary>How many wait for their answer, or for that it is taken.</summary>
    public int InUse { get; private set; }

    /// <summary>An empty one.</summary>
    public PendingReply Rent()
    {
        InUse++;
        return _idle.TryPop(out var pending) ? pending : new PendingReply(this);
    }

    /// <summary>Takes one back whose answer was taken.</summary>
    public void Return(PendingReply pending)
    {
        InUse--;
        if (_idle.Count < MaxIdle)
        {
            _idle.Push(pending);
        }
    }
}
