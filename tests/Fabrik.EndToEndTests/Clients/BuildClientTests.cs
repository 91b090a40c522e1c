using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Clients;

/// <summary>What every build tool has to see of the cache; each tool's tests inherit these.</summary>
public abstract class BuildClientTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Build_FromCleanTree_IsServedByTheCache()
    {
        using var project = CreateProject();
        await using var server = await FabrikServer.StartAsync(_sandbox, Configuration());
        var cache = CacheAccess.To(server, "no-token-is-needed");

        await ExpectBuildAsync(project, cache, hits: 0);
        var before = await HitsAsync(server, project);
        await ExpectCleanBuildAsync(project, cache, hits: project.Steps);

        var served = await HitsAsync(server, project) - before;
        Assert.Equal(project.ReadsPerBuild, served);
    }

    [Fact]
    public async Task Build_WithToken_IsServedByTheCache()
    {
        using var project = CreateProject();
        var issuer = await TokenIssuer.CreateAsync(_sandbox);
        await using var server = await FabrikServer.StartAsync(_sandbox, Configuration(issuer));
        var cache = CacheAccess.To(server, await issuer.IssueReadWriteAsync());

        await ExpectBuildAsync(project, cache, hits: 0);
        await ExpectCleanBuildAsync(project, cache, hits: project.Steps);
    }

    [Fact]
    public async Task Build_WithWrongToken_TakesAndStoresNothing()
    {
        using var project = CreateProject();
        var issuer = await TokenIssuer.CreateAsync(_sandbox);
        var stranger = await TokenIssuer.CreateAsync(_sandbox, "foreign-keys");
        await using var server = await FabrikServer.StartAsync(_sandbox, Configuration(issuer));
        var right = CacheAccess.To(server, await issuer.IssueReadWriteAsync());
        var wrong = right with { Token = await stranger.IssueReadWriteAsync() };

        await ExpectBuildAsync(project, right, hits: 0);
        project.Clean();
        await ExpectBuildWithWrongTokenAsync(project, wrong);
        project.ChangeSources();
        project.Clean();
        await ExpectBuildWithWrongTokenAsync(project, wrong);

        await ExpectCleanBuildAsync(project, right, hits: 0);
    }

    [Fact]
    public async Task Build_WithReadOnlyToken_IsServedAndStoresNothing()
    {
        using var project = CreateProject();
        var issuer = await TokenIssuer.CreateAsync(_sandbox);
        await using var server = await FabrikServer.StartAsync(_sandbox, Configuration(issuer));
        var writer = CacheAccess.To(server, await issuer.IssueReadWriteAsync());
        var reader = writer with { Token = await issuer.IssueReadOnlyAsync() };

        await ExpectBuildAsync(project, writer, hits: 0);
        await ExpectCleanBuildAsync(project, reader, hits: project.Steps);
        project.ChangeSources();
        await ExpectCleanBuildAsync(project, reader, hits: 0);
        await ExpectCleanBuildAsync(project, reader, hits: 0);
    }

    [Fact]
    public async Task Build_ServerKilledMidway_RunsEveryStep()
    {
        using var project = CreateProject();
        await using var server = await FabrikServer.StartAsync(_sandbox, Configuration());
        project.Gate.Close();

        var building = project.BuildAsync(CacheAccess.To(server, "no-token-is-needed"));
        await project.Gate.ReachedAsync();
        await server.KillAsync();
        project.Gate.Open();

        ExpectEnd(await building, SaysOnLostServer);
        project.VerifyOutputs();
    }

    public void Dispose()
    {
        _sandbox.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// What the tool says when it stops for a refused token; null for one that goes on without the cache.
    /// </summary>
    private protected virtual string? SaysOnWrongToken => null;

    /// <summary>
    /// What the tool says when it fails for a server that is gone; null for one that goes on without it.
    /// </summary>
    private protected virtual string? SaysOnLostServer => null;

    /// <summary>Makes the project in a folder of its own, or skips the test where the tool is missing.</summary>
    private protected abstract ISampleProject CreateProject();

    private static Task ExpectCleanBuildAsync(ISampleProject project, CacheAccess cache, int hits)
    {
        project.Clean();
        return ExpectBuildAsync(project, cache, hits);
    }

    private static async Task ExpectBuildAsync(ISampleProject project, CacheAccess cache, int hits)
    {
        var built = await project.BuildAsync(cache);
        Assert.True(built.Succeeded, built.ToString());
        Assert.True(built.Hits == hits, $"{hits} hits expected: {built}");
        project.VerifyOutputs();
    }

    private static void ExpectEnd(BuildResult built, string? complaint)
    {
        Assert.True(built.Succeeded == (complaint is null), built.ToString());
        Assert.True(built.Run.Everything.Contains(complaint ?? "", StringComparison.Ordinal), built.ToString());
    }

    private static async Task<double> HitsAsync(FabrikServer server, ISampleProject project) =>
        (await server.ReadMetricsAsync()).Sum("fabrik_cache_hits_total", ("tool", project.MetricsLabel));

    private async Task ExpectBuildWithWrongTokenAsync(ISampleProject project, CacheAccess wrong)
    {
        var built = await project.BuildAsync(wrong);
        ExpectEnd(built, SaysOnWrongToken);
        Assert.Equal(0, built.Hits);
        if (SaysOnWrongToken is null)
        {
            project.VerifyOutputs();
        }
    }

    private ServerConfiguration Configuration(TokenIssuer? issuer = null) =>
        new() { StoreDirectory = _sandbox.In("store"), PublicKeyFile = issuer?.PublicKeyFile };
}
