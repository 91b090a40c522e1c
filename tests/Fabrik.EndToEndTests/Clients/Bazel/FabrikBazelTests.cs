using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Clients.Bazel;

/// <summary><c>fabrik bazel -- …</c> with Bazel itself.</summary>
public sealed class FabrikBazelTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task Build_AfterAClean_IsServedByTheDaemonThatComesAndGoesWithIt()
    {
        using var project = new BazelProject(BazelDoor.Grpc);

        var cold = await RunAsync(project, ["build", .. BazelProject.Targets]);
        Assert.True(cold is { Succeeded: true, Hits: 0 }, cold.ToString());
        project.Clean();
        var warm = await RunAsync(project, ["build", .. BazelProject.Targets]);
        Assert.True(warm.Succeeded && warm.Hits == project.Steps, warm.ToString());
        project.VerifyOutputs();
        var status = await FabrikCommand.RunAsync(_sandbox, "daemon", "status");
        Assert.Contains("no daemon runs", status.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_WithTokens_ShowsTheTokenAndTellsNobody()
    {
        using var project = new BazelProject(BazelDoor.Grpc);
        var issuer = await TokenIssuer.CreateAsync(_sandbox);
        var token = await issuer.IssueReadWriteAsync();
        _sandbox.Write("token", token);
        string[] flags =
        [
            "--config-auth-required=true", $"--config-auth-public-key-file={issuer.PublicKeyFile}",
            $"--config-auth-token-file={_sandbox.In("token")}",
        ];

        var cold = await RunAsync(project, flags, ["build", .. BazelProject.Targets]);
        Assert.True(cold is { Succeeded: true, Hits: 0 }, cold.ToString());
        project.Clean();
        var warm = await RunAsync(project, flags, ["build", .. BazelProject.Targets]);
        Assert.True(warm.Succeeded && warm.Hits == project.Steps, warm.ToString());
        Assert.DoesNotContain(token, warm.Run.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_ThatFails_EndsWithBazelsExitCode()
    {
        using var project = new BazelProject(BazelDoor.Grpc);
        var run = await RunAsync(project, "test", ":check", "--test_arg=x", "--test_env=Y=1", "--run_under=false");
        Assert.True(run.Run.ExitCode == 3, run.ToString());
    }

    private Task<BuildResult> RunAsync(BazelProject project, params string[] words) => RunAsync(project, [], words);

    private async Task<BuildResult> RunAsync(BazelProject project, string[] flags, params string[] words)
    {
        var line = FabrikCommand.Line(
            _sandbox,
            [
                "bazel", .. flags, "--", .. project.Workspace.StartupOptions, words[0], .. BazelWorkspace.PlainOutput,
                .. words[1..],
            ]);
        var run = await ChildProcess.RunAsync(
            line with
            {
                Directory = project.Workspace.Folder,
                Environment = _sandbox.EnvironmentWith(("FABRIK_BAZEL", project.Workspace.Program)),
            },
            Limit);
        return BazelWorkspace.ResultOf(run);
    }
}
