using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Cli;

/// <summary>What <c>fabrik bazel</c> and <c>fabrik exec</c> do with the program that they run.</summary>
public sealed class WrapperTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 37", 37)]
    [InlineData("kill -TERM $$", 143)]
    public async Task Exec_AProgramThatEnds_EndsWithItsCode(string script, int code)
    {
        var run = await FabrikCommand.RunAsync(_sandbox, "exec", "--", "sh", "-c", script);
        Assert.True(run.ExitCode == code, run.Everything);
    }

    [Fact]
    public async Task Exec_AProgram_FindsTheCacheOfADaemonThatEndsWithIt()
    {
        var run = await FabrikCommand.RunAsync(
            _sandbox, "exec", "--", "sh", "-c", "echo $FABRIK_HTTP_URL $FABRIK_GRPC_URL $TURBO_TEAM");
        Assert.Matches("^http://127\\.0\\.0\\.1:[0-9]+ grpc://127\\.0\\.0\\.1:[0-9]+ fabrik\n$", run.Output);
        var status = await FabrikCommand.RunAsync(_sandbox, "daemon", "status");
        Assert.Contains("no daemon runs", status.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_WhileADaemonRuns_UsesItAndLeavesItRunning()
    {
        var file = _sandbox.Write("fabrik.toml", "");
        using var daemon = new FabrikDaemon(_sandbox, file);
        var process = await daemon.EnsureAsync();
        var run = await FabrikCommand.RunAsync(
            _sandbox, "exec", "--config", file, "--", "sh", "-c", "echo $FABRIK_HTTP_URL");
        Assert.Equal($"http://127.0.0.1:{daemon.ReadPorts().Http}\n", run.Output);
        Assert.True(FabrikDaemon.IsAlive(process));
    }

    [Fact]
    public async Task Exec_ASignal_ReachesTheProgram()
    {
        var ready = _sandbox.In("ready");
        string script = $"trap 'echo caught; exit 9' TERM; : > {ready}; while :; do sleep 0.05; done";
        await using var process = ChildProcess.Start(FabrikCommand.Line(_sandbox, "exec", "--", "sh", "-c", script));
        await Poll.UntilAsync(() => File.Exists(ready), () => $"it did not start: {process.Everything}");
        process.Send(Signal.Terminate);
        var run = await process.WaitAsync(Limit);
        Assert.Equal(9, run.ExitCode);
        Assert.Equal("caught\n", run.Output);
    }

    [Fact]
    public async Task Bazel_ABuild_IsGivenTheCacheRightBehindTheCommand()
    {
        var run = await BazelAsync("--", "--batch", "build", "--jobs=2", "//...");
        Assert.Matches(
            "^--batch build --remote_cache=grpc://127\\.0\\.0\\.1:[0-9]+ --jobs=2 //\\.\\.\\.\n$", run.Output);
    }

    [Theory]
    [InlineData("version")]
    [InlineData("query //...")]
    [InlineData("build --remote_cache=grpc://other.example //...")]
    public async Task Bazel_WhatNeedsNoCache_IsLeftAsItIs(string line)
    {
        var run = await BazelAsync(["--", .. line.Split(' ')]);
        Assert.Equal($"{line}\n", run.Output);
    }

    [Fact]
    public async Task Bazel_WithoutADaemon_BuildsWithoutTheCacheAndSaysWhy()
    {
        var wrong = _sandbox.Write("not-a-folder", "");
        var run = await BazelAsync($"--config-cache-dir={wrong}", "--", "build", "//...");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("build //...\n", run.Output);
        Assert.Contains("without the cache: the daemon could not be started", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bazel_ThatIsMissing_IsSaid()
    {
        var run = await FabrikCommand.RunWithAsync(
            _sandbox, [("FABRIK_BAZEL", _sandbox.In("none"))], "bazel", "--", "build");
        Assert.Equal(127, run.ExitCode);
        Assert.Contains("FABRIK_BAZEL", run.Errors, StringComparison.Ordinal);
    }

    // A program in Bazel's place that says what it was given.
    private Task<RunResult> BazelAsync(params string[] arguments)
    {
        var program = _sandbox.WriteProgram("echo-bazel", "#!/bin/sh\necho \"$@\"\n");
        return FabrikCommand.RunWithAsync(_sandbox, [("FABRIK_BAZEL", program)], ["bazel", .. arguments]);
    }
}
