using Fabrik.EndToEndTests.Clients;
using Fabrik.EndToEndTests.Clients.Bazel;
using Fabrik.EndToEndTests.Clients.Ccache;
using Fabrik.EndToEndTests.Clients.Moon;
using Fabrik.EndToEndTests.Clients.Nx;
using Fabrik.EndToEndTests.Clients.Turborepo;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Layers;

/// <summary>What is built on one machine is not built again on another, by way of layer 2 and layer 3.</summary>
public sealed class LayerFlowTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public static TheoryData<string> BuildTools =>
        ["turborepo", "nx", "ccache", "bazel-grpc", "bazel-http", "moon-grpc", "moon-http"];

    [Theory]
    [MemberData(nameof(BuildTools))]
    public async Task Build_OnAnotherMachine_IsServedThroughLayerTwoAndThenThroughS3(string tool)
    {
        using var project = Project(tool);
        await using var stack = await LayerStack.StartAsync(_sandbox, withS3: true);
        var a = await stack.StartFirstAsync("a");
        await ExpectAsync(project, a, hits: 0);
        await LayerStack.CarriedAsync(a);
        await LayerStack.CarriedAsync(stack.Second);
        Assert.True(stack.S3!.Count >= project.Steps, $"{stack.S3.Count} objects");

        // Another machine: its own empty store.
        var b = await stack.StartFirstAsync("b");
        await ExpectAsync(project, b, hits: project.Steps);
        var served = (await stack.Second.ReadMetricsAsync()).Sum("fabrik_cache_hits_total", ("tool", "fabrik"));
        Assert.Equal(project.ReadsOfNextLayer, served);

        // Layer 2 loses everything: what S3 has comes back through it.
        await stack.RestartSecondAsync(emptied: true);
        var c = await stack.StartFirstAsync("c");
        await ExpectAsync(project, c, hits: project.Steps);
        var second = await stack.Second.ReadMetricsAsync();
        var fetched = second.Sum("fabrik_upstream_requests_total", ("operation", "get"), ("result", "hit"));
        Assert.True(fetched >= project.ReadsOfNextLayer, $"{fetched} hits in S3");
    }

    [Theory]
    [InlineData("turborepo")]
    [InlineData("moon-grpc")]
    public async Task Build_WithTokens_ReachesLayerTwoWithTheRightsOfTheToken(string tool)
    {
        using var project = Project(tool);
        var issuer = await TokenIssuer.CreateAsync(_sandbox);
        await using var stack = await LayerStack.StartAsync(_sandbox, withS3: false, issuer);
        var writer = await stack.StartFirstAsync(
            "writer", tokenFile: _sandbox.Write("writer.token", await issuer.IssueReadWriteAsync()));
        var reader = await stack.StartFirstAsync(
            "reader", tokenFile: _sandbox.Write("reader.token", await issuer.IssueReadOnlyAsync()));
        var stranger = await stack.StartFirstAsync(
            "stranger", tokenFile: _sandbox.Write("stranger.token", "no.such.token"));
        var second = await stack.StartFirstAsync(
            "second-reader", tokenFile: _sandbox.Write("second.token", await issuer.IssueReadOnlyAsync()));

        await ExpectAsync(project, stranger, hits: 0);
        await ExpectAsync(project, writer, hits: 0);
        await LayerStack.CarriedAsync(writer);
        await ExpectAsync(project, reader, hits: project.Steps);
        project.ChangeSources();
        await ExpectAsync(project, reader, hits: 0);
        await ExpectAsync(project, second, hits: 0);
    }

    [Fact]
    public async Task Build_OfBigOutputs_ComesWholeThroughAllLayers()
    {
        using var project = Project("turborepo");
        await using var stack = await LayerStack.StartAsync(_sandbox, withS3: true);
        var a = await stack.StartFirstAsync("a");
        var bytes = new byte[40 * 1024 * 1024];
        Random.Shared.NextBytes(bytes);
        (await a.Http.PutAsync("http/big", new ByteArrayContent(bytes))).EnsureSuccessStatusCode();
        await LayerStack.CarriedAsync(a);
        await LayerStack.CarriedAsync(stack.Second);
        await stack.RestartSecondAsync(emptied: true);

        var b = await stack.StartFirstAsync("b");
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => b.Http.GetByteArrayAsync("http/big")));
        Assert.All(answers, answer => Assert.True(bytes.AsSpan().SequenceEqual(answer)));
        var metrics = await b.ReadMetricsAsync();
        Assert.Equal(1, metrics.Sum("fabrik_upstream_requests_total", ("operation", "get"), ("result", "hit")));
    }

    public void Dispose() => _sandbox.Dispose();

    internal static ISampleProject Project(string tool) => tool switch
    {
        "turborepo" => new TurborepoProject(),
        "nx" => new NxProject(),
        "bazel-grpc" => new BazelProject(BazelDoor.Grpc),
        "bazel-http" => new BazelProject(BazelDoor.Http),
        "moon-grpc" => new MoonProject(BazelDoor.Grpc),
        "moon-http" => new MoonProject(BazelDoor.Http),
        _ => new CcacheProject(Tools.OnPath("ccache", "apt-get install ccache"), CcacheLayout.Subdirs),
    };

    internal static async Task ExpectAsync(ISampleProject project, FabrikServer first, int hits)
    {
        project.Clean();
        var built = await project.BuildAsync(LayerStack.AccessTo(first));
        Assert.True(built.Succeeded, $"{built}\n{first.Log}");
        Assert.True(built.Hits == hits, $"{hits} hits expected: {built}\n{first.Log}");
        project.VerifyOutputs();
    }
}
