using Fabrik.EndToEndTests.Clients.Bazel;
using Fabrik.EndToEndTests.Layers;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Clients.Moon;

/// <summary>moon on two machines, each with a daemon of its own before a second layer that asks for tokens.</summary>
public sealed class MoonDaemonTests : IDisposable
{
    private readonly Sandbox _sandbox = new();
    private readonly Sandbox _writerMachine = new();
    private readonly Sandbox _readerMachine = new();

    [Fact]
    public async Task Build_ByAnotherDaemon_IsServedByTheSecondLayerAndSurvivesItsLoss()
    {
        using var project = new MoonProject(BazelDoor.Grpc);
        var issuer = await TokenIssuer.CreateAsync(_sandbox);
        await using var stack = await LayerStack.StartAsync(_sandbox, withS3: false, issuer);
        using var writer = Daemon(_writerMachine, stack, await issuer.IssueReadWriteAsync());
        using var reader = Daemon(_readerMachine, stack, await issuer.IssueReadOnlyAsync());
        await writer.EnsureAsync();
        await reader.EnsureAsync();

        await ExpectAsync(project, writer, hits: 0);
        await Poll.UntilAsync(
            async () => (await writer.ReadMetricsAsync()).Sum("fabrik_upstream_queue_depth") == 0,
            () => $"uploads still wait. The log:\n{writer.ReadLog()}");
        await ExpectAsync(project, reader, hits: project.Steps);
        var metrics = await reader.ReadMetricsAsync();
        Assert.Equal(
            project.ReadsOfNextLayer,
            metrics.Sum("fabrik_upstream_requests_total", ("operation", "get"), ("result", "hit")));

        project.ChangeSources();
        project.Clean();
        project.Gate.Close();
        var building = project.BuildAsync(AccessTo(reader));
        await project.Gate.ReachedAsync();
        await stack.Second.KillAsync();
        project.Gate.Open();
        var built = await building;
        Assert.True(built is { Succeeded: true, Hits: 0 }, built.ToString());
        project.VerifyOutputs();

        // What it could not pass on it has itself.
        await ExpectAsync(project, reader, hits: project.Steps);
    }

    public void Dispose()
    {
        _readerMachine.Dispose();
        _writerMachine.Dispose();
        _sandbox.Dispose();
    }

    private static FabrikDaemon Daemon(Sandbox machine, LayerStack stack, string token) => new(
        machine,
        machine.Write(
            "fabrik.toml",
            $"""
            [cache]
            dir = "{machine.In("store")}"

            [auth]
            token_file = "{machine.Write("token", token)}"

            [[upstream]]
            name = "second"
            url = "grpc://127.0.0.1:{stack.Link.Port}"
            """));

    private static CacheAccess AccessTo(FabrikDaemon daemon)
    {
        var ports = daemon.ReadPorts();
        return new CacheAccess(new Uri($"http://127.0.0.1:{ports.Http}"), "no-token-is-needed", ports.Grpc);
    }

    private static async Task ExpectAsync(MoonProject project, FabrikDaemon daemon, int hits)
    {
        project.Clean();
        var built = await project.BuildAsync(AccessTo(daemon));
        Assert.True(built.Succeeded && built.Hits == hits, $"{hits} hits expected: {built}\n{daemon.ReadLog()}");
        project.VerifyOutputs();
    }
}
