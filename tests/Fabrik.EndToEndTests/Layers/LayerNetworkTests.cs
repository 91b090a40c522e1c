using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Layers;

/// <summary>Two hosts and a line between them: what a network does that a process on the same machine cannot.</summary>
public sealed class LayerNetworkTests : IDisposable
{
    private const string Name = "cache.test";
    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Build_LayerTwoGetsAnotherAddress_HitsThere()
    {
        using var project = LayerFlowTests.Project("turborepo");
        await using var first = await NetworkHost.CreateAsync(_sandbox);
        await using var second = await NetworkHost.CreateAsync(_sandbox);
        await first.ConnectAsync(second, "10.78.0.1", "10.78.0.2");
        first.Resolve(Name, "10.78.0.2");
        await using var upper = await StartSecondAsync(second);
        await using var a = await StartFirstAsync(first, "a");
        await LayerFlowTests.ExpectAsync(project, a, hits: 0);
        await LayerStack.CarriedAsync(a);

        await second.MoveAsync("10.78.0.9");
        first.Resolve(Name, "10.78.0.9");
        project.ChangeSources();
        await LayerFlowTests.ExpectAsync(project, a, hits: 0);
        await LayerStack.CarriedAsync(a);
        await using var b = await StartFirstAsync(first, "b");
        await LayerFlowTests.ExpectAsync(project, b, hits: project.Steps);
    }

    [Fact]
    public async Task Build_LinePulledMidway_EndsWellAndIsCarriedOnceItIsBack()
    {
        using var project = LayerFlowTests.Project("ccache");
        await using var first = await NetworkHost.CreateAsync(_sandbox);
        await using var second = await NetworkHost.CreateAsync(_sandbox);
        await first.ConnectAsync(second, "10.78.0.1", "10.78.0.2");
        first.Resolve(Name, "10.78.0.2");
        await using var upper = await StartSecondAsync(second);
        await using var a = await StartFirstAsync(first, "a");
        project.Gate.Close();
        var building = project.BuildAsync(LayerStack.AccessTo(a));
        await project.Gate.ReachedAsync();
        await second.PlugAsync(false);
        project.Gate.Open();
        var built = await building;
        Assert.True(built.Succeeded, $"{built}\n{a.Log}");
        project.VerifyOutputs();

        await second.PlugAsync(true);
        await LayerStack.CarriedAsync(a);
        await using var b = await StartFirstAsync(first, "b");
        await LayerFlowTests.ExpectAsync(project, b, hits: project.Steps);
    }

    public void Dispose() => _sandbox.Dispose();

    private Task<FabrikServer> StartFirstAsync(NetworkHost host, string name) =>
        FabrikServer.StartAsync(_sandbox, new ServerConfiguration
        {
            FileName = $"{name}.toml",
            StoreDirectory = _sandbox.In($"{name}-store"),
            Host = host.Address,
            Namespace = host.Name,
            Upstreams = [$"url = \"grpc://{Name}:7070\"\nanswer_timeout = \"1s\"\ntimeout = \"3s\""],
        });

    private Task<FabrikServer> StartSecondAsync(NetworkHost host) =>
        FabrikServer.StartAsync(_sandbox, new ServerConfiguration
        {
            FileName = "second.toml",
            StoreDirectory = _sandbox.In("second-store"),
            Host = host.Address,
            Namespace = host.Name,
            IsSecondLayer = true,
            Bind = "0.0.0.0:7070",
        });
}
