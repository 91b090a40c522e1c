using Fabrik.Activation;
using Fabrik.Testing;
using Fabrik.UnitTests.Settings;
using Xunit;

namespace Fabrik.UnitTests.Activation;

public sealed class FileLockTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    private string LockPath => _temporary.At("start.lock");

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void TryTake_OfALockThatIsHeld_GivesNothingUntilItIsFree()
    {
        FileLock held = FileLock.TryTake(LockPath)!;
        Assert.Null(FileLock.TryTake(LockPath));
        held.Dispose();
        Assert.True(File.Exists(LockPath));
        using FileLock? taken = FileLock.TryTake(LockPath);
        Assert.NotNull(taken);
    }

    [Fact]
    public void TryTake_OfAFileThatADeadHolderLeft_TakesIt()
    {
        File.WriteAllText(LockPath, "4711");
        using FileLock? taken = FileLock.TryTake(LockPath);
        Assert.NotNull(taken);
    }

    [Fact]
    public void TryTake_WithoutAFolder_SaysSo() =>
        Assert.Throws<DirectoryNotFoundException>(() => FileLock.TryTake(_temporary.At("none", "start.lock")));

    [Fact]
    public async Task TakeAsync_OfALockThatStaysHeld_GivesNothingAfterThePatience()
    {
        using FileLock held = FileLock.TryTake(LockPath)!;
        EagerClock clock = new();
        Assert.Null(await FileLock.TakeAsync(LockPath, TimeSpan.FromSeconds(1), clock, CancellationToken.None));
        Assert.Equal(TimeSpan.FromSeconds(1), clock.GetElapsedTime(0));
    }

    [Fact]
    public async Task TakeAsync_OfALockThatComesFree_TakesIt()
    {
        FileLock held = FileLock.TryTake(LockPath)!;
        TestClock clock = new();
        Task<FileLock?> taking = FileLock.TakeAsync(LockPath, TimeSpan.FromDays(1), clock, CancellationToken.None);
        Assert.False(taking.IsCompleted);
        held.Dispose();
        clock.Advance(TimeSpan.FromSeconds(1));
        using FileLock? taken = await taking;
        Assert.NotNull(taken);
    }

    [Fact]
    public async Task TakeAsync_ThatIsCancelled_Ends()
    {
        using FileLock held = FileLock.TryTake(LockPath)!;
        using CancellationTokenSource cancellation = new();
        Task taking = FileLock.TakeAsync(LockPath, TimeSpan.FromDays(1), new TestClock(), cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
    }
}
