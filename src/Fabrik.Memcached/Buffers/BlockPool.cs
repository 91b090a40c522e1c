using System.Buffers;
using System.Numerics;

namespace Fabrik.Memcached.Buffers;

/// <summary>
/// A loop's memory for what it receives and sends: blocks of one size, and larger ones for large values.
/// </summary>
/// <param name="maxIdle">Blocks that are kept for the next one; further ones are left to the garbage collector.</param>
internal sealed class BlockPool(int maxIdle = 1024)
{
    /// <summary>Bytes of a block that is not for a large value.</summary>
    public const int BlockSize = 16 * 1024;

    /// <summary>Bytes of the largest block that is kept: a value of 1 MiB fits, the most that servers take.</summary>
    public const int LargestKept = 2 * 1024 * 1024;

    /// <summary>Bytes of larger blocks that are kept in all.</summary>
    public const int MaxIdleLarge = 16 * 1024 * 1024;

    private readonly Stack<Block> _idle = new();
    private readonly Stack<Block>[] _idleLarge =
        [.. Enumerable.Range(0, BitOperations.Log2(LargestKept / BlockSize)).Select(static _ => new Stack<Block>())];

    private int _idleLargeBytes;

    /// <summary>Bytes of the blocks that are held now.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>A block, held once.</summary>
    /// <param name="size">How much it has to hold, in bytes.</param>
    public Block Rent(int size = BlockSize)
    {
        if (size > BlockSize)
        {
            var large = RentLarge(size);
            HeldBytes += large.Bytes.Length;
            return large;
        }

        HeldBytes += BlockSize;
        if (!_idle.TryPop(out var block))
        {
            return new Block(this, GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true));
        }

        block.Renew();
        return block;
    }

    /// <summary>Makes a block, held once, of an array that was rented from the shared pool; it stays here.</summary>
    public Block Adopt(byte[] rented)
    {
        HeldBytes += rented.Length;
        return new Block(this, rented);
    }

    /// <summary>Takes a block back that nobody holds.</summary>
    public void Return(Block block)
    {
        var size = block.Bytes.Length;
        HeldBytes -= size;
        if (size > LargestKept)
        {
            ArrayPool<byte>.Shared.Return(block.Bytes);
        }
        else if (size > BlockSize && _idleLargeBytes + size <= MaxIdleLarge)
        {
            _idleLargeBytes += size;
            _idleLarge[KindOf(size)].Push(block);
        }
        else if (size == BlockSize && _idle.Count < maxIdle)
        {
            _idle.Push(block);
        }
    }

    // Sizes are powers of two: the first kind is twice as large as a block.
    private static int KindOf(int size) => BitOperations.Log2((uint)(size - 1) / BlockSize);

    private Block RentLarge(int size)
    {
        if (size > LargestKept)
        {
            return new Block(this, ArrayPool<byte>.Shared.Rent(size));
        }

        var kind = KindOf(size);
        if (!_idleLarge[kind].TryPop(out var block))
        {
            return new Block(this, GC.AllocateUninitializedArray<byte>(2 * BlockSize << kind));
        }

        _idleLargeBytes -= block.Bytes.Length;
        block.Renew();
        return block;
    }
}
