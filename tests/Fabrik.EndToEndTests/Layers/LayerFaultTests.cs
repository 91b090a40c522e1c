using Fabrik.EndToEndTests.Clients;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Layers;

/// <summary>
/// A real build goes on over every fault of layer 2, takes no wrong byte, and finds it again afterwards.
/// </summary>
public sealed class LayerFaultTests : IDisposable
{
    // Smaller than any build tool's own patience, as the defaults are.
    private const string Impatient = "answer_timeout = \"1s\"\ntimeout = \"3s\"\n";

    private readonly Sandbox _sandbox = new();

    public static TheoryData<LinkFault, string> Faults
    {
        get
        {
            string[] tools = ["turborepo", "nx", "ccache"];
            var faults = Enum.GetValues<LinkFault>().Where(fault => fault != LinkFault.None).ToArray();
            var data = new TheoryData<LinkFault, string>();
            for (var i = 0; i < faults.Length; i++)
            {
                data.Add(faults[i], tools[i % tools.Length]);
                data.Add(faults[i], tools[(i + 1) % tools.Length]);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Build_OverAFaultyLink_EndsWellAndHitsOnceItIsMended(LinkFault fault, string tool)
    {
        using var project = LayerFlowTests.Project(tool);
        await using var stack = await LayerStack.StartAsync(_sandbox, withS3: false);
        var a = await stack.StartFirstAsync("a");
        await LayerFlowTests.ExpectAsync(project, a, hits: 0);
        await LayerStack.CarriedAsync(a);

        stack.Link.Become(fault);
        var b = await stack.StartFirstAsync("b", Impatient);
        await BuildsAsync(project, b);

        // What the fault held back is carried upward, and whoever comes later is served.
        stack.Link.Become(LinkFault.None);
        await LayerStack.CarriedAsync(b);
        var c = await stack.StartFirstAsync("c");
        await LayerFlowTests.ExpectAsync(project, c, hits: project.Steps);
    }

    [Theory]
    [InlineData("turborepo")]
    [InlineData("ccache")]
    public async Task Build_LayerTwoKilledMidway_EndsWell(string tool)
    {
        using var project = LayerFlowTests.Project(tool);
        await using var stack = await LayerStack.StartAsync(_sandbox, withS3: false);
        var a = await stack.StartFirstAsync("a", Impatient);
        project.Gate.Close();
        var building = project.BuildAsync(LayerStack.AccessTo(a));
        await project.Gate.ReachedAsync();
        await stack.Second.KillAsync();
        project.Gate.Open();

        var built = await building;
        Assert.True(built.Succeeded, $"{built}\n{a.Log}");
        project.VerifyOutputs();
    }

    [Fact]
    public async Task Daemon_KilledWithAFullQueue_CarriesItUpwardAfterTheNextStart()
    {
        using var project = LayerFlowTests.Project("turborepo");
        await using var stack = await LayerStack.StartAsync(_sandbox, withS3: false);
        stack.Link.Become(LinkFault.Refusing);
        var a = await stack.StartFirstAsync("a");
        await LayerFlowTests.ExpectAsync(project, a, hits: 0);
        Assert.NotEqual(0, (await a.ReadMetricsAsync()).Sum("fabrik_upstream_queue_depth"));
        await a.KillAsync();

        stack.Link.Become(LinkFault.None);
        var again = await stack.StartFirstAsync("a");
        await LayerStack.CarriedAsync(again);
        var b = await stack.StartFirstAsync("b");
        await LayerFlowTests.ExpectAsync(project, b, hits: project.Steps);
    }

    [Fact]
    public async Task Build_TokenExpired_EndsWellAndWaitsForANewOne()
    {
        using var project = LayerFlowTests.Project("nx");
        var issuer = await TokenIssuer.CreateAsync(_sandbox);
        await using var stack = await LayerStack.StartAsync(_sandbox, withS3: false, issuer);
        var token = _sandbox.Write("a.token", await issuer.IssueAsync("read,write", life: "1s"));
        var a = await stack.StartFirstAsync("a", tokenFile: token);
        await Poll.UntilAsync(
            async () => !(await DoctorAsync(a)).Contains("token is good", StringComparison.Ordinal),
            () => "the token does not expire");
        await LayerFlowTests.ExpectAsync(project, a, hits: 0);

        File.WriteAllText(token, await issuer.IssueReadWriteAsync());
        await LayerStack.CarriedAsync(a);
        var b = await stack.StartFirstAsync("b", tokenFile: token);
        await LayerFlowTests.ExpectAsync(project, b, hits: project.Steps);
    }

    [Theory]
    [InlineData("grpc://no-such-host.invalid:7070")]
    [InlineData("https://no-such-host.invalid/cache/")]
    [InlineData("s3://no-such-bucket/")]
    public async Task Build_NameThatDoesNotResolve_EndsWell(string url)
    {
        using var project = LayerFlowTests.Project("ccache");
        await using var a = await FabrikServer.StartAsync(_sandbox, new ServerConfiguration
        {
            StoreDirectory = _sandbox.In("store"),
            Upstreams = [$"url = \"{url}\"\n{(url[0] == 's' ? "endpoint = \"http://no-such-host.invalid\"" : "")}"],
        });
        await LayerFlowTests.ExpectAsync(project, a, hits: 0);
        await LayerFlowTests.ExpectAsync(project, a, hits: project.Steps);
    }

    public void Dispose() => _sandbox.Dispose();

    // Whether the cache helps over a fault is its own affair; that the build is right is not.
    private static async Task BuildsAsync(ISampleProject project, FabrikServer first)
    {
        project.Clean();
        var built = await project.BuildAsync(LayerStack.AccessTo(first));
        Assert.True(built.Succeeded, $"{built}\n{first.Log}");
        project.VerifyOutputs();
    }

    private async Task<string> DoctorAsync(FabrikServer server)
    {
        var run = await FabrikCommand.RunAsync(_sandbox, "doctor", "--config", server.ConfigurationFile);
        return run.Everything;
    }
}
