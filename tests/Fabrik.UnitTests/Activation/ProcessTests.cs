using Fabrik.Activation;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Activation;

public sealed class ProcessTests : IAsyncLifetime
{
    private readonly ActivationFixture _fixture = new();

    public ValueTask InitializeAsync()
    {
        Assert.SkipUnless(ActivationFixture.HasShell, "needs a POSIX shell");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task IsAlive_OfProcesses_TellsTheLivingFromTheDead()
    {
        Assert.True(ProcessTable.IsAlive(Environment.ProcessId));
        Assert.False(ProcessTable.IsAlive(await _fixture.EndedAsync()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void IsAlive_OfNumbersOfNoProcess_IsFalse(int processId) => Assert.False(ProcessTable.IsAlive(processId));

    // Not with 0 and -1, which mean whole groups of processes: a test that fails there would end the machine's.
    [Fact]
    public void Signals_ToNobody_AreFalse()
    {
        Assert.False(ProcessTable.Terminate(int.MaxValue));
        Assert.False(ProcessTable.Reload(int.MaxValue));
    }

    [Fact]
    public async Task Terminate_OfAChildThatNobodyBuries_LeavesItDead()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        int processId = _fixture.StartIdle();
        Assert.True(ProcessTable.IsAlive(processId));
        Assert.True(ProcessTable.Terminate(processId));
        await Wait.UntilAsync(() => !ProcessTable.IsAlive(processId));

        Assert.True(Directory.Exists($"/proc/{processId}"));
    }

    [Fact]
    public async Task Start_OfAProgram_GivesItASessionALogAndNoInput()
    {
        const string Script = """
            cat; echo "said $1"; echo warned >&2; cut -d' ' -f6 /proc/$$/stat; echo "$$"; echo "$FABRIK_NONE."
            """;
        string log = _fixture.Temporary.At("daemon.log");
        File.WriteAllText(log, "before\n");
        int processId = DetachedProcess.Start(["/bin/sh", "-c", Script, "sh", "größe 'x'"], log);
        await ActivationFixture.BuryAsync(processId);
        string session = OperatingSystem.IsLinux() ? $"{processId}" : "";
        Assert.Equal(
            $"before\nsaid größe 'x'\nwarned\n{session}\n{processId}\n.\n", await File.ReadAllTextAsync(log));
    }

    [Fact]
    public void Start_OfAProgramThatIsNotThere_NamesIt()
    {
        string program = _fixture.Temporary.At("none");
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(
            () => DetachedProcess.Start([program], _fixture.Temporary.At("log")));
        Assert.StartsWith($"{program}: No such file", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HasEnded_OfWhatIsNoChild_IsTrue() => Assert.True(DetachedProcess.HasEnded(int.MaxValue));
}
