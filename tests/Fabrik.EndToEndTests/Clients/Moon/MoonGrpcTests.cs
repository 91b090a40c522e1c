using Fabrik.EndToEndTests.Clients.Bazel;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Clients.Moon;

/// <summary>moon over the Remote Execution API.</summary>
public sealed class MoonGrpcTests : BuildClientTests
{
    [Theory]
    [InlineData("MOON_REMOTE_CACHE_COMPRESSION", "zstd")]
    [InlineData("MOON_REMOTE_CACHE_INSTANCE_NAME", "a/team")]
    [InlineData("MOON_REMOTE_CACHE_VERIFY_INTEGRITY", "true")]
    public async Task Build_WithASetting_IsServedByTheCache(string variable, string value)
    {
        using var sandbox = new Sandbox();
        using var project = new MoonProject(BazelDoor.Grpc) { Variables = [(variable, value)] };
        await using var server = await FabrikServer.StartAsync(
            sandbox, new ServerConfiguration { StoreDirectory = sandbox.In("store") });

        await ExpectHitsOfASecondBuildAsync(project, CacheAccess.To(server, "no-token-is-needed"));
    }

    // Here moon says over plain HTTP/2 that it came by https.
    [Fact]
    public async Task Build_AtATerminalFromLocalhostWithAToken_IsServedByTheCache()
    {
        using var sandbox = new Sandbox();
        using var project = new MoonProject(BazelDoor.Grpc) { Host = "localhost", IsOnTerminal = true };
        var issuer = await TokenIssuer.CreateAsync(sandbox);
        await using var server = await FabrikServer.StartAsync(
            sandbox,
            new ServerConfiguration { StoreDirectory = sandbox.In("store"), PublicKeyFile = issuer.PublicKeyFile });

        await ExpectHitsOfASecondBuildAsync(project, CacheAccess.To(server, await issuer.IssueReadWriteAsync()));
    }

    private protected override ISampleProject CreateProject() => new MoonProject(BazelDoor.Grpc);

    private static async Task ExpectHitsOfASecondBuildAsync(MoonProject project, CacheAccess cache)
    {
        var cold = await project.BuildAsync(cache);
        Assert.True(cold is { Succeeded: true, Hits: 0 }, cold.ToString());
        project.Clean();
        var warm = await project.BuildAsync(cache);
        Assert.True(warm.Succeeded && warm.Hits == project.Steps, $"{cold}\n{warm}");
        project.VerifyOutputs();
    }
}
