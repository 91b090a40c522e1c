using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Lifecycle;

/// <summary>One daemon for one configuration, however often and however rudely it is started and ended.</summary>
public sealed class DaemonTests : IDisposable
{
    private readonly Sandbox _sandbox = new();
    private readonly FabrikDaemon _daemon;

    public DaemonTests() => _daemon = new FabrikDaemon(
        _sandbox, _sandbox.Write("fabrik.toml", $"[cache]\ndir = \"{_sandbox.In("store")}\"\n"));

    [Fact]
    public async Task Start_WhileItRuns_ReusesIt()
    {
        var first = await _daemon.EnsureAsync();
        var ports = _daemon.ReadPorts();

        var second = await _daemon.EnsureAsync();

        Assert.Equal(first, second);
        Assert.Equal(ports, _daemon.ReadPorts());
    }

    [Fact]
    public async Task Start_ManyAtOnce_StartOne()
    {
        var starts = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _daemon.RunAsync("daemon", "--background")));

        Assert.All(starts, start => Assert.True(start.ExitCode == 0, start.Everything));
        var running = await _daemon.EnsureAsync();
        Assert.True(FabrikDaemon.IsAlive(running));
        using var http = _daemon.Connect();
        await AssertServesAsync(http, new Artifact(1));
    }

    [Fact]
    public async Task Start_AfterKill_ReplacesItAndKeepsItsStore()
    {
        var artifact = new Artifact(1);
        var killed = await _daemon.EnsureAsync();
        using (var before = _daemon.Connect())
        {
            await AssertServesAsync(before, artifact);
        }
        _daemon.Kill(killed);
        await FabrikDaemon.EndsAsync(killed);
        Assert.True(_daemon.HasPorts, "the stale state is what this test is about");

        var replacement = await _daemon.EnsureAsync();

        Assert.NotEqual(killed, replacement);
        using var after = _daemon.Connect();
        Assert.Equal(artifact.Content(), await after.GetByteArrayAsync(artifact.Path));
    }

    [Fact]
    public async Task Start_StaleStateNamesAForeignProcess_StartsANewOneAndSparesIt()
    {
        var killed = await _daemon.EnsureAsync();
        _daemon.Kill(killed);
        await FabrikDaemon.EndsAsync(killed);
        await using var foreign = ChildProcess.Start(new CommandLine("/bin/sleep", "600")
        {
            Directory = _sandbox.Root,
            Environment = _sandbox.Environment,
        });
        _daemon.WriteProcessId(foreign.Id);

        var replacement = await _daemon.EnsureAsync();

        Assert.NotEqual(foreign.Id, replacement);
        Assert.False(foreign.HasExited);
    }

    [Fact]
    public async Task Stop_EndsItAndClearsItsState()
    {
        var running = await _daemon.EnsureAsync();

        var stop = await _daemon.RunAsync("daemon", "stop");

        Assert.True(stop.ExitCode == 0, stop.Everything);
        await FabrikDaemon.EndsAsync(running);
        Assert.False(_daemon.HasPorts);
    }

    [Fact]
    public async Task Stop_UploadInFlight_IsFinishedAndKept()
    {
        var artifact = new Artifact(2);
        var running = await _daemon.EnsureAsync();
        var ports = _daemon.ReadPorts();
        using (var http = _daemon.Connect())
        {
            using var upload = new PausedUpload(artifact.Content());
            var answering = http.PutAsync(artifact.Path, upload);
            await upload.HalfSent;
            var stopping = _daemon.RunAsync("daemon", "stop");
            await Readiness.EndsAsync(ports);

            upload.Resume();
            using var answer = await answering;
            Assert.True(answer.IsSuccessStatusCode, answer.ToString());
            Assert.Equal(0, (await stopping).ExitCode);
            await FabrikDaemon.EndsAsync(running);
        }
        await _daemon.EnsureAsync();
        using var after = _daemon.Connect();
        Assert.Equal(artifact.Content(), await after.GetByteArrayAsync(artifact.Path));
    }

    [Fact]
    public async Task Start_WhileTheOldOneFinishesAnUpload_GivesANewOne()
    {
        var artifact = new Artifact(2);
        var ending = await _daemon.EnsureAsync();
        var ports = _daemon.ReadPorts();
        using var http = _daemon.Connect();
        using var upload = new PausedUpload(artifact.Content());
        var answering = http.PutAsync(artifact.Path, upload);
        await upload.HalfSent;
        var stopping = _daemon.RunAsync("daemon", "stop");
        await Readiness.EndsAsync(ports);

        var starting = _daemon.EnsureAsync();
        upload.Resume();

        using var answer = await answering;
        Assert.True(answer.IsSuccessStatusCode, answer.ToString());
        Assert.Equal(0, (await stopping).ExitCode);
        Assert.NotEqual(ending, await starting);
        using var after = _daemon.Connect();
        Assert.Equal(artifact.Content(), await after.GetByteArrayAsync(artifact.Path));
    }

    [Fact]
    public async Task Status_TellsWhetherItRuns()
    {
        var none = await _daemon.RunAsync("daemon", "status");
        await _daemon.EnsureAsync();
        var one = await _daemon.RunAsync("daemon", "status");

        Assert.DoesNotContain("127.0.0.1", none.Everything, StringComparison.Ordinal);
        Assert.Equal(0, one.ExitCode);
        Assert.Contains($"http://127.0.0.1:{_daemon.ReadPorts().Http}", one.Output, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _daemon.Dispose();
        _sandbox.Dispose();
    }

    private static async Task AssertServesAsync(HttpClient http, Artifact artifact)
    {
        using var content = new ByteArrayContent(artifact.Content());
        using var stored = await http.PutAsync(artifact.Path, content);
        Assert.True(stored.IsSuccessStatusCode, stored.ToString());
        Assert.Equal(artifact.Content(), await http.GetByteArrayAsync(artifact.Path));
    }
}
