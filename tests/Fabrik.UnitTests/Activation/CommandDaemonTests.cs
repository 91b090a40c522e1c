using Fabrik.Activation;
using Xunit;

namespace Fabrik.UnitTests.Activation;

public sealed class CommandDaemonTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    private readonly ActivationFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Leave_TheDaemonThatWasStarted_EndsIt()
    {
        CommandDaemon daemon = await UseAsync();
        int processId = daemon.State.ProcessId;
        Assert.True(ProcessTable.IsAlive(processId));
        await daemon.LeaveAsync(Patience, CancellationToken.None);
        Assert.False(ProcessTable.IsAlive(processId));
    }

    [Fact]
    public async Task Leave_ADaemonThatRanBefore_LeavesItRunning()
    {
        Assert.SkipUnless(ActivationFixture.HasShell, "there is no shell");
        DaemonStart start = await _fixture.EnsureAsync();
        CommandDaemon daemon = await UseAsync();
        await daemon.LeaveAsync(Patience, CancellationToken.None);
        Assert.True(ProcessTable.IsAlive(start.State!.ProcessId));
    }

    [Fact]
    public async Task Leave_WhileAnotherCommandUsesIt_LeavesItToTheLast()
    {
        CommandDaemon first = await UseAsync();
        CommandDaemon second = await UseAsync();
        Assert.Equal(first.State.ProcessId, second.State.ProcessId);
        await first.LeaveAsync(Patience, CancellationToken.None);
        Assert.True(ProcessTable.IsAlive(second.State.ProcessId));
        await second.LeaveAsync(Patience, CancellationToken.None);
        Assert.False(ProcessTable.IsAlive(second.State.ProcessId));
    }

    [Fact]
    public async Task Leave_ADaemonThatSomebodyAskedToStay_LeavesItRunning()
    {
        CommandDaemon daemon = await UseAsync();
        _fixture.Folder.IsTemporary = false;
        await daemon.LeaveAsync(Patience, CancellationToken.None);
        Assert.True(ProcessTable.IsAlive(daemon.State.ProcessId));
    }

    [Fact]
    public async Task Use_ADaemonThatEndsAtOnce_SaysWhyAndHoldsNothing()
    {
        Assert.SkipUnless(ActivationFixture.HasShell, "there is no shell");
        (CommandDaemon? daemon, string problem) = await CommandDaemon.UseAsync(
            ActivationFixture.Starter(_fixture),
            _fixture.Folder,
            _fixture.Options("echo out of luck; exit 1"),
            _fixture.Clock,
            CancellationToken.None);
        Assert.Null(daemon);
        Assert.Contains("out of luck", problem, StringComparison.Ordinal);
        using FileLock? free = FileLock.TryTake(_fixture.Folder.UsersLockPath);
        Assert.NotNull(free);
    }

    private async Task<CommandDaemon> UseAsync()
    {
        Assert.SkipUnless(ActivationFixture.HasShell, "there is no shell");
        (CommandDaemon? daemon, string problem) = await CommandDaemon.UseAsync(
            ActivationFixture.Starter(_fixture),
            _fixture.Folder,
            _fixture.Options(),
            _fixture.Clock,
            CancellationToken.None);
        Assert.True(daemon is not null, problem);
        _fixture.Track(new DaemonStart(daemon.State, WasRunning: false));
        return daemon;
    }
}
