namespace Fabrik.Memcached.Clients;

/// <summary>A loop's slots that are used again.</summary>
internal sealed class ClientSlotPool
{
    private const int MaxIdle = 16 * 1024;

    private readonly Stack<ClientSlot> _idle = new();
    private readonly Stack<ClientRetrieval> _idleRetrievals = new();

    /// <summary>How many are in use.</summary>
    public int InUse { get; private set; }

    /// <summary>An empty one.</summary>
    public ClientSlot Rent()
    {
        InUse++;
        return _idle.TryPop(out var slot) ? slot : new ClientSlot(this);
    }

    /// <summary>Takes an empty one back.</summary>
    public void Return(ClientSlot slot)
    {
        InUse--;
        if (_idle.Count < MaxIdle)
        {
            _idle.Push(slot);
        }
    }

    /// <summary>One for several keys.</summary>
    public ClientRetrieval RentRetrieval() =>
        _idleRetrievals.TryPop(out var retrieval) ? retrieval : new ClientRetrieval();

    /// <summary>Takes one back that no slot has any more.</summary>
    public void Return(ClientRetrieval retrieval)
    {
        if (_idleRetrievals.Count < MaxIdle)
        {
            _idleRetrievals.Push(retrieval);
        }
    }
}
