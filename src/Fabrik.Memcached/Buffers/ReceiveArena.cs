namespace Fabrik.Memcached.Buffers;

/// <summary>
/// The block that all connections of a loop receive into, one behind the other, so that small messages of many
/// connections lie together, and the same memory is used again while it is still in the processor's cache.
/// </summary>
internal sealed class ReceiveArena(BlockPool pool)
{
    /// <summary>Room that is offered at least, in bytes.</summary>
    public const int MinimumRoom = 4 * 1024;

    private int _used;

    /// <summary>The block.</summary>
    public Block Block { get; private set; } = pool.Rent();

    /// <summary>Where the room begins.</summary>
    public int Offset => _used;

    /// <summary>The room, to receive into; it is there until the next call.</summary>
    public Memory<byte> Room()
    {
        if (Block.Holders == 1)
        {
            _used = 0;
        }
        else if (Block.Bytes.Length - _used < MinimumRoom)
        {
            Block.Release();
            Block = pool.Rent();
            _used = 0;
        }

        return Block.Bytes.AsMemory(_used);
    }

    /// <summary>Says how much of the room was used.</summary>
    public void Take(int length) => _used += length;
}
