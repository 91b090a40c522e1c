namespace Fabrik.Memcached.Buffers;

/// <summary>
/// Memory that several hold: it goes back to its pool when the last one lets go. It belongs to one loop, and only that
/// loop's thread touches it; but for constants, which are everybody's.
/// </summary>
internal sealed class Block(BlockPool? pool, byte[] bytes)
{
    private int _holders = 1;

    /// <summary>The memory.</summary>
    public byte[] Bytes { get; } = bytes;

    /// <summary>How many hold it.</summary>
    public int Holders => _holders;

    /// <summary>Bytes that are there for ever, and are never written: they are not counted.</summary>
    public static Block Constant(byte[] bytes) => new(null, bytes);

    /// <summary>Holds it, until <see cref="Release"/>.</summary>
    public Block Retain()
    {
        if (pool is not null)
        {
            _holders++;
        }

        return this;
    }

    /// <summary>Lets go of it.</summary>
    /// <exception cref="InvalidOperationException">Nobody held it: a bug.</exception>
    public void Release()
    {
        if (pool is null || --_holders > 0)
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
