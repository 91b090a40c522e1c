using Fabrik.Memcached.Buffers;
using Xunit;

namespace Fabrik.MemcachedTests.Buffers;

public sealed class BlockPoolTests
{
    [Fact]
    public void Release_OfTheLastHolder_GivesTheBlockToTheNextOne()
    {
        var pool = new BlockPool();
        var block = pool.Rent();
        block.Retain();
        block.Release();
        Assert.Equal(BlockPool.BlockSize, pool.HeldBytes);
        block.Release();

        Assert.Equal(0, pool.HeldBytes);
        Assert.Same(block, pool.Rent());
        Assert.Equal(1, block.Holders);
    }

    [Fact]
    public void Release_MoreOftenThanHeld_IsABug()
    {
        var block = new BlockPool().Rent(BlockPool.BlockSize + 1);
        block.Release();

        Assert.Throws<InvalidOperationException>(block.Release);
    }

    [Fact]
    public void Rent_OfALargeValue_HoldsAllOfIt()
    {
        var pool = new BlockPool();

        var block = pool.Rent(1 << 20);

        Assert.True(block.Bytes.Length >= 1 << 20);
        Assert.Equal(block.Bytes.Length, pool.HeldBytes);
    }

    [Theory]
    [InlineData(BlockPool.BlockSize + 1, 2 * BlockPool.BlockSize)]
    [InlineData(2 * BlockPool.BlockSize, 2 * BlockPool.BlockSize)]
    [InlineData((2 * BlockPool.BlockSize) + 1, 4 * BlockPool.BlockSize)]
    [InlineData(BlockPool.LargestKept, BlockPool.LargestKept)]
    public void Release_OfALargeBlock_GivesItToTheNextOneOfItsSize(int size, int expected)
    {
        var pool = new BlockPool();
        var block = pool.Rent(size);
        Assert.Equal(expected, block.Bytes.Length);
        block.Release();

        Assert.NotSame(block, pool.Rent(expected / 2));
        Assert.Same(block, pool.Rent(expected));
    }

    [Fact]
    public void Release_OfMoreThanIsKept_LeavesTheRestToTheCollector()
    {
        var pool = new BlockPool();
        var count = BlockPool.MaxIdleLarge / BlockPool.LargestKept;
        var blocks = Enumerable.Range(0, count + 1).Select(_ => pool.Rent(BlockPool.LargestKept)).ToList();
        blocks.ForEach(static block => block.Release());

        var again = Enumerable.Range(0, count + 1).Select(_ => pool.Rent(BlockPool.LargestKept)).ToList();

        Assert.Equal(count, again.Intersect(blocks).Count());
    }
}
