using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Clients.Bazel;

/// <summary>Bazel over the Remote Execution API.</summary>
public sealed class BazelGrpcTests : BuildClientTests
{
    [Theory]
    [InlineData("--remote_download_minimal", false)]
    [InlineData("--remote_download_toplevel", true)]
    [InlineData("--remote_cache_compression", true)]
    [InlineData("--remote_instance_name=a/team", true)]
    public async Task Build_WithAnOption_IsServedByTheCache(string option, bool hasOutput)
    {
        using var sandbox = new Sandbox();
        using var project = new BazelProject(BazelDoor.Grpc, option);
        await using var server = await FabrikServer.StartAsync(
            sandbox, new ServerConfiguration { StoreDirectory = sandbox.In("store") });
        var cache = CacheAccess.To(server, "no-token-is-needed");

        var cold = await project.BuildAsync(cache);
        Assert.True(cold is { Succeeded: true, Hits: 0 }, cold.ToString());
        project.Clean();
        var warm = await project.BuildAsync(cache);
        Assert.True(warm.Succeeded && warm.Hits == project.Steps, warm.ToString());
        Assert.Equal(hasOutput, project.Workspace.HasOutput("last.txt"));
    }

    [Fact]
    public async Task Test_ThatPassedBefore_IsNotRunAgain()
    {
        using var sandbox = new Sandbox();
        using var project = new BazelProject(BazelDoor.Grpc);
        await using var server = await FabrikServer.StartAsync(
            sandbox, new ServerConfiguration { StoreDirectory = sandbox.In("store") });
        string[] arguments = [$"--remote_cache=grpc://127.0.0.1:{server.Ports.Grpc}", ":check"];

        var cold = await project.Workspace.RunAsync("test", arguments);
        Assert.True(cold.Succeeded, cold.ToString());
        project.Clean();
        var warm = await project.Workspace.RunAsync("test", arguments);
        Assert.True(warm.Succeeded, warm.ToString());
        Assert.Contains("(cached) PASSED", warm.Run.Everything, StringComparison.Ordinal);
    }

    private protected override ISampleProject CreateProject() => new BazelProject(BazelDoor.Grpc);
}
