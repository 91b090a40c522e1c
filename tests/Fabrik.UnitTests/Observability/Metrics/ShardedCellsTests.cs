using Fabrik.Observability.Metrics;
using Xunit;

namespace Fabrik.UnitTests.Observability.Metrics;

public sealed class ShardedCellsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(100)]
    public void Columns_OfAnyWidth_AreApart(int width)
    {
        ShardedCells cells = new(width);
        for (int column = 0; column < width; column++)
        {
            for (int i = 0; i <= column; i++)
            {
                cells.Increment(column);
            }
        }

        Assert.All(Enumerable.Range(0, width), column => Assert.Equal(column + 1, cells.Count(column)));
    }

    [Fact]
    public async Task Additions_OfManyThreads_LoseNothing()
    {
        const int Threads = 8;
        const int Each = 20_000;
        ShardedCells cells = new(2);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                cells.Increment(0);
                cells.Add(1, 0.25);
            }
        })));
        Assert.Equal(Threads * Each, cells.Count(0));
        Assert.Equal(Threads * Each * 0.25, cells.Sum(1));
    }
}
