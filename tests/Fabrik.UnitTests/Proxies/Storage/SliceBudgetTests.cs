using Fabrik.Proxies.Storage;
using Xunit;

namespace Fabrik.UnitTests.Proxies.Storage;

/// <summary>Who gets memory, in which order.</summary>
public sealed class SliceBudgetTests
{
    [Fact]
    public async Task Waiters_AreServedInOrder_BeforeNewcomers()
    {
        var budget = new SliceBudget(10);
        Assert.True(budget.TryTake(10));
        var first = budget.TakeAsync(8, CancellationToken.None).AsTask();
        var second = budget.TakeAsync(2, CancellationToken.None).AsTask();
        budget.Return(5);
        Assert.False(first.IsCompleted || second.IsCompleted || budget.TryTake(1));
        budget.Return(5);
        await Task.WhenAll(first, second);
        Assert.Equal(10, budget.Used);
    }

    [Fact]
    public async Task Waiter_ThatGivesUp_IsPassedOver()
    {
        var budget = new SliceBudget(10);
        Assert.True(budget.TryTake(8));
        using var end = new CancellationTokenSource();
        var first = budget.TakeAsync(8, end.Token).AsTask();
        var second = budget.TakeAsync(2, CancellationToken.None).AsTask();
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await second;
        Assert.Equal(10, budget.Used);
    }

    [Fact]
    public void Slice_LargerThanTheLimit_IsAdmittedAlone()
    {
        var budget = new SliceBudget(10);
        Assert.True(budget.TryTake(100));
        Assert.False(budget.TryTake(1));
    }
}
