namespace Fabrik.Cache.Layers.Writing.Storage;

/// <summary>
/// One upstream's orders in the database. Changed by the one writer only; read from anywhere, for statistics.
/// </summary>
internal sealed class QueueLane(string name, HeadRecord head)
{
    private readonly Lock _lock = new();
    private HeadRecord _head = head;

    /// <summary>The upstream's name.</summary>
    public string Name { get; } = name;

    /// <summary>Orders up to this sequence have been read; for the writer.</summary>
    public ulong Cursor { get; set; }

    /// <summary>What is written.</summary>
    public HeadRecord Head
    {
        get
        {
            lock (_lock)
            {
                return _head;
            }
        }

        set
        {
            lock (_lock)
            {
                _head = value;
            }
        }
    }
}
