using Fabrik.Activation;
using Xunit;

namespace Fabrik.UnitTests.Activation;

public sealed class DaemonStarterTests : IAsyncLifetime
{
    private readonly ActivationFixture _fixture = new();

    public ValueTask InitializeAsync()
    {
        Assert.SkipUnless(ActivationFixture.HasShell, "needs a POSIX shell");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Ensure_WithoutADaemon_StartsOneThatTheNextFinds()
    {
        DaemonStart first = await _fixture.EnsureAsync();
        Assert.Equal((false, ""), (first.WasRunning, first.Problem));
        Assert.Equal(1234, first.State!.HttpUrl.Port);
        DaemonStart second = await _fixture.EnsureAsync();
        Assert.Equal((true, first.State.ProcessId), (second.WasRunning, second.State!.ProcessId));
        Assert.Single(_fixture.Starts);
    }

    [Fact]
    public async Task Ensure_OfManyAtOnce_StartsOne()
    {
        DaemonStart[] starts = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(_ => Task.Run(() => _fixture.EnsureAsync())));
        Assert.Single(_fixture.Starts);
        Assert.Single(starts, start => !start.WasRunning);
        Assert.Single(starts.Select(start => start.State!.ProcessId).Distinct());
    }

    [Fact]
    public async Task Ensure_OverTheStateOfADeadProcess_StartsAnew()
    {
        _fixture.Folder.Create();
        int dead = await _fixture.EndedAsync();
        _fixture.Folder.Write(ActivationFixture.State(dead));
        DaemonStart start = await _fixture.EnsureAsync();
        Assert.False(start.WasRunning);
        Assert.NotEqual(dead, start.State!.ProcessId);
    }

    [Fact]
    public async Task Ensure_OverANumberThatAnotherProgramHasNow_StartsAnewAndLeavesTheProgramAlone()
    {
        _fixture.Folder.Create();
        int other = _fixture.StartIdle();
        _fixture.Folder.Write(ActivationFixture.State(other, _fixture.ConfigPath));
        DaemonStart start = await _fixture.EnsureAsync(new DecidingProbe(state => state.ProcessId != other));
        Assert.False(start.WasRunning);
        Assert.NotEqual(other, start.State!.ProcessId);
        Assert.True(ProcessTable.IsAlive(other));
    }

    [Fact]
    public async Task Ensure_OverGarbage_StartsAnew()
    {
        _fixture.Folder.Create();
        File.WriteAllText(Path.Join(_fixture.Folder.Path, "ports.json"), "{\"\\ud800\":}");
        File.WriteAllText(Path.Join(_fixture.Folder.Path, "pid"), "everybody");
        File.WriteAllText(_fixture.Folder.StartLockPath, "left by a starter that died");
        DaemonStart start = await _fixture.EnsureAsync();
        Assert.Equal((false, ""), (start.WasRunning, start.Problem));
    }

    [Fact]
    public async Task Ensure_AfterTheFileHasChanged_EndsThePredecessorAndNobodyElse()
    {
        int predecessor = _fixture.StartIdle();
        int stranger = _fixture.StartIdle();
        Write(ActivationFixture.OtherId, predecessor, _fixture.ConfigPath);
        Write("00000000000000aa", stranger, _fixture.Temporary.At("other.toml"));
        DaemonStart start = await _fixture.EnsureAsync();
        Assert.NotNull(start.State);
        Assert.False(ProcessTable.IsAlive(predecessor));
        Assert.True(ProcessTable.IsAlive(stranger));
    }

    [Fact]
    public async Task Ensure_WithoutAFile_EndsNobody()
    {
        int stranger = _fixture.StartIdle();
        Write(ActivationFixture.OtherId, stranger, "");
        DaemonStartOptions options = _fixture.Options() with { ConfigPath = "" };
        DaemonStart start = await ActivationFixture.Starter(_fixture)
            .EnsureAsync(ActivationFixture.Id, options, CancellationToken.None);
        _fixture.Track(start);
        Assert.True(ProcessTable.IsAlive(stranger));
    }

    [Fact]
    public async Task Ensure_OfAProgramThatEndsAtOnce_TellsItsLastWordsOnly()
    {
        _fixture.Folder.Create();
        File.WriteAllText(_fixture.Folder.LogPath, "words of an earlier one\n");
        DaemonStart start = await ActivationFixture.Starter(_fixture).EnsureAsync(
            ActivationFixture.Id, _fixture.Options("echo the port is taken >&2; exit 3"), CancellationToken.None);
        Assert.Equal((null, "it ended at once: the port is taken"), (start.State, start.Problem));
    }

    [Fact]
    public async Task Ensure_OfAProgramThatSaysNothing_NamesTheLog()
    {
        DaemonStart start = await ActivationFixture.Starter(_fixture).EnsureAsync(
            ActivationFixture.Id, _fixture.Options("exit 3"), CancellationToken.None);
        Assert.Equal($"it ended at once: it said nothing (log: {_fixture.Folder.LogPath})", start.Problem);
    }

    [Fact]
    public async Task Ensure_OfAProgramThatNeverListens_EndsWithThePatience()
    {
        DaemonStartOptions options = _fixture.Options("exec sleep 5") with { Patience = TimeSpan.FromSeconds(2) };
        DaemonStart start = await ActivationFixture.Starter(_fixture)
            .EnsureAsync(ActivationFixture.Id, options, CancellationToken.None);
        Assert.Equal($"it did not listen within 2 s; see {_fixture.Folder.LogPath}", start.Problem);
    }

    [Fact]
    public async Task Ensure_WhileAnotherStartsForEver_EndsWithThePatience()
    {
        _fixture.Folder.Create();
        using FileLock starting = FileLock.TryTake(_fixture.Folder.StartLockPath)!;
        DaemonStartOptions options = _fixture.Options() with { Patience = TimeSpan.FromSeconds(2) };
        DaemonStart start = await ActivationFixture.Starter(_fixture)
            .EnsureAsync(ActivationFixture.Id, options, CancellationToken.None);
        Assert.Equal("another process has been starting it for 2 s", start.Problem);
    }

    [Fact]
    public async Task Ensure_WithALogThatIsLarge_SetsItAside()
    {
        _fixture.Folder.Create();
        using (FileStream log = File.Create(_fixture.Folder.LogPath))
        {
            log.SetLength((8 << 20) + 1);
        }

        await _fixture.EnsureAsync();
        Assert.Equal((8 << 20) + 1, new FileInfo(_fixture.Folder.LogPath + ".1").Length);
        Assert.Equal(0, new FileInfo(_fixture.Folder.LogPath).Length);
    }

    [Fact]
    public async Task Stop_OfADaemon_WaitsUntilItIsGone()
    {
        DaemonStart start = await _fixture.EnsureAsync();
        DaemonStarter starter = ActivationFixture.Starter(_fixture);
        Assert.True(await starter.StopAsync(start.State!, TimeSpan.FromDays(100), CancellationToken.None));
        Assert.False(ProcessTable.IsAlive(start.State!.ProcessId));
        Assert.Null(await starter.FindAliveAsync(_fixture.Folder, CancellationToken.None));
    }

    [Fact]
    public async Task Stop_OfWhatIsNotThere_IsFalse() => Assert.False(
        await ActivationFixture.Starter(_fixture).StopAsync(
            ActivationFixture.State(await _fixture.EndedAsync()), TimeSpan.FromDays(1), CancellationToken.None));

    private void Write(string id, int processId, string configPath)
    {
        DaemonFolder folder = _fixture.Folders.Of(id);
        folder.Create();
        folder.Write(ActivationFixture.State(processId, configPath));
    }

    private sealed class DecidingProbe(Func<DaemonState, bool> isAlive) : IDaemonProbe
    {
        public Task<bool> IsAliveAsync(DaemonState state, CancellationToken cancellationToken) =>
            Task.FromResult(isAlive(state));
    }
}
