namespace Fabrik.Memcached.Buffers;

/// <summary>
/// Memory that several hold: it goes back to its pool when the last one lets go. It belongs to one loop, and only that
/// loop's thread touches it.
/// </summary>
internal sealed class Block(BlockPool pool, byte[] bytes)
{
    private int _holders = 1;

    /// <summary>The memory.</summary>
    public byte[] Bytes { get; } = bytes;

    /// <summary>How many hold it.</summary>
    public int Holders => _holders;

    /// <summary>Holds it, until <see cref="Release"/>.</summary>
    public Block Retain()
    {
        _holders++;
        return this;
    }

    /// <summary>Lets go of it.</summary>
    /// <exception cref="InvalidOperationException">Nobody held it: a bug.</exception>
    public void Release()
    {
        if (--_holders > 0)
        {
            return;
        }

        if (_holders < 0)
        {
            throw new InvalidOperationException("A block was released more often than it was held.");
        }

        pool.Return(this);
    }

    /// <summary>Makes it somebody's again; for the pool.</summary>
    public void Renew() => _holders = 1;
}
