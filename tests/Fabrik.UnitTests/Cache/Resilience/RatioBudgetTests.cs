using Fabrik.Cache.Resilience;
using Xunit;

namespace Fabrik.UnitTests.Cache.Resilience;

public sealed class RatioBudgetTests
{
    [Fact]
    public void Budget_AtFirst_HoldsItsBurst()
    {
        RatioBudget budget = new(0.1, 3);
        Assert.Equal(3, Drain(budget));
    }

    [Fact]
    public void Budget_WhenSpent_GivesTheShareOfWhatIsPaidIn()
    {
        RatioBudget budget = new(0.1, 3);
        Drain(budget);
        var taken = 0;
        for (var i = 0; i < 1000; i++)
        {
            budget.PayIn();
            taken += budget.TryTake() ? 1 : 0;
        }

        Assert.Equal(100, taken);
    }

    [Fact]
    public void Budget_PaidInWithoutEnd_HoldsNoMoreThanItsBurst()
    {
        RatioBudget budget = new(0.5, 2);
        for (var i = 0; i < 100; i++)
        {
            budget.PayIn();
        }

        Assert.Equal(2, Drain(budget));
    }

    [Fact]
    public async Task Budget_UnderManyThreads_IsNeverOverdrawn()
    {
        RatioBudget budget = new(0.05, 5);
        var taken = 0;
        await Parallel.ForAsync(0, 64, TestContext.Current.CancellationToken, (_, _) =>
        {
            for (var i = 0; i < 1000; i++)
            {
                budget.PayIn();
                if (budget.TryTake())
                {
                    Interlocked.Increment(ref taken);
                }
            }

            return ValueTask.CompletedTask;
        });
        Assert.InRange(taken, 1, (64_000 / 20) + 5);
    }

    private static int Drain(RatioBudget budget)
    {
        var taken = 0;
        while (budget.TryTake())
        {
            taken++;
        }

        return taken;
    }
}
