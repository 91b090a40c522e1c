using Fabrik.EndToEndTests.Clients;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Fabrik.Testing.GitHubCache;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fabrik.EndToEndTests.Layers.Ci;

/// <summary>
/// Jobs of GitHub Actions, each on a machine of its own that knows nothing but the job's variables, with a double of
/// GitHub's cache service.
/// </summary>
public sealed class GitHubActionsTests : IDisposable
{
    private static readonly string[] Variables =
    [
        "GITHUB_ACTIONS", "GITHUB_SERVER_URL", "ACTIONS_CACHE_SERVICE_V2", "ACTIONS_RESULTS_URL",
        "ACTIONS_RUNTIME_TOKEN",
    ];

    private readonly List<IDisposable> _jobs = [];

    [Theory]
    [InlineData("turborepo")]
    [InlineData("nx")]
    public async Task Build_InAJob_IsFoundByTheNextJob(string tool)
    {
        using var project = LayerFlowTests.Project(tool);
        await using var service = await GitHubCacheServer.StartAsync(TimeProvider.System);
        var first = await StartAsync(service);
        Assert.Contains(
            $"a job of GitHub Actions: its cache service at {service.Url.Authority} can be read and written",
            first.ReadLog(),
            StringComparison.Ordinal);
        Assert.DoesNotContain(service.Token, first.ReadLog(), StringComparison.Ordinal);
        await ExpectAsync(project, first, hits: 0);
        await CarriedAsync(first);
        Assert.True(service.Entries.Count >= project.Steps, $"{service.Entries.Count} entries");

        var second = await StartAsync(service);
        await ExpectAsync(project, second, hits: project.Steps);
    }

    [Fact]
    public async Task Build_ServiceFails_EndsWellAndIsCarriedOnceItWorks()
    {
        using var project = LayerFlowTests.Project("ccache");
        await using var service = await GitHubCacheServer.StartAsync(TimeProvider.System);
        service.Intercept = static (_, context) =>
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.FromResult(true);
        };
        var first = await StartAsync(service);
        await ExpectAsync(project, first, hits: 0);

        service.Intercept = static (_, _) => Task.FromResult(false);
        await CarriedAsync(first);
        var second = await StartAsync(service);
        await ExpectAsync(project, second, hits: project.Steps);
    }

    public void Dispose() => _jobs.ForEach(job => job.Dispose());

    private static async Task ExpectAsync(ISampleProject project, FabrikDaemon daemon, int hits)
    {
        project.Clean();
        using var http = daemon.Connect();
        var built = await project.BuildAsync(new CacheAccess(http.BaseAddress!, "no-token-is-needed"));
        Assert.True(built.Succeeded && built.Hits == hits, $"{hits} hits expected: {built}\n{daemon.ReadLog()}");
        project.VerifyOutputs();
    }

    private static Task CarriedAsync(FabrikDaemon daemon) => Poll.UntilAsync(
        async () => (await daemon.ReadMetricsAsync()).Sum("fabrik_upstream_queue_depth") == 0,
        () => $"uploads still wait. The log:\n{daemon.ReadLog()}");

    private async Task<FabrikDaemon> StartAsync(GitHubCacheServer service)
    {
        var machine = new Sandbox();
        var variables = Variables.Select(name => (name, service.Variable(name)!));
        var file = machine.Write("fabrik.toml", $"[cache]\ndir = \"{machine.In("store")}\"\n");
        var daemon = new FabrikDaemon(machine, file, [.. variables]);
        _jobs.Add(daemon);
        _jobs.Add(machine);
        await daemon.EnsureAsync();
        return daemon;
    }
}
