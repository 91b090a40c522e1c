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
        var cache = new CacheAccess(server.Address, "no-token-is-needed");

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
        var cache = new CacheAccess(server.Address, await issuer.IssueReadWriteAsync());

        await ExpectBuildAsync(project, cache, hits: 0);
        await ExpectCleanBuildAsync(project, cache, hits: project.Steps);
    }

    [Fact]
    public async Task Build_WithWrongToken_SucceedsWithoutTheCache()
    {
        using var project = CreateProject();
        var issuer = await TokenIssuer.CreateAsync(_sandbox);
        var stranger = await TokenIssuer.CreateAsync(_sandbox, "foreign-keys");
        await using var server = await FabrikServer.StartAsync(_sandbox, Configuration(issuer));
        var right = new CacheAccess(server.Address, await issuer.IssueReadWriteAsync());
        var wrong = right with { Token = await stranger.IssueReadWriteAsync() };

        await ExpectBuildAsync(project, right, hits: 0);
        await ExpectCleanBuildAsync(project, wrong, hits: 0);
        project.ChangeSources();
        await ExpectCleanBuildAsync(project, wrong, hits: 0);

        // The right token sees what it stored, and nothing of what the wrong one tried to.
        await ExpectCleanBuildAsync(project, right, hits: 0);
    }

    [Fact]
    public async Task Build_WithReadOnlyToken_IsServedAndStoresNothing()
    {
        using var project = CreateProject();
        var issuer = await TokenIssuer.CreateAsync(_sandbox);
        await using var server = await FabrikServer.StartAsync(_sandbox, Configuration(issuer));
        var writer = new CacheAccess(server.Address, await issuer.IssueReadWriteAsync());
        var reader = writer with { Token = await issuer.IssueReadOnlyAsync() };

        await ExpectBuildAsync(project, writer, hits: 0);
        await ExpectCleanBuildAsync(project, reader, hits: project.Steps);
        project.ChangeSources();
        await ExpectCleanBuildAsync(project, reader, hits: 0);
        await ExpectCleanBuildAsync(project, reader, hits: 0);
    }

    [Fact]
    public async Task Build_ServerKilledMidway_Succeeds()
    {
        using var project = CreateProject();
        await using var server = await FabrikServer.StartAsync(_sandbox, Configuration());
        project.Gate.Close();

        var building = project.BuildAsync(new CacheAccess(server.Address, "no-token-is-needed"));
        await project.Gate.ReachedAsync();
        await server.KillAsync();
        project.Gate.Open();

        var built = await building;
        Assert.True(built.Succeeded, built.ToString());
        project.VerifyOutputs();
    }

    public void Dispose()
    {
        _sandbox.Dispose();
        GC.SuppressFinalize(this);
    }

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

    private static async Task<double> HitsAsync(FabrikServer server, ISampleProject project) =>
        (await server.ReadMetricsAsync()).Sum("fabrik_cache_hits_total", ("tool", project.MetricsLabel));

    private ServerConfiguration Configuration(TokenIssuer? issuer = null) =>
        new() { StoreDirectory = _sandbox.In("store"), PublicKeyFile = issuer?.PublicKeyFile };
}
