using Fabrik.EndToEndTests.Layers.Buckets;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Layers.HttpStores;

/// <summary>Builds with a plain HTTP cache behind the machine: nginx, and another Fabrik's own HTTP door.</summary>
public sealed class HttpStoreTests : IDisposable
{
    private const string Impatient = "answer_timeout = \"1s\"\ntimeout = \"3s\"";

    private readonly Sandbox _sandbox = new();

    [Theory]
    [InlineData(LinkFault.Refusing, "turborepo")]
    [InlineData(LinkFault.Hanging, "ccache")]
    [InlineData(LinkFault.Breaking, "ccache")]
    [InlineData(LinkFault.Corrupting, "nx")]
    public async Task Build_OverNginxBehindAFaultyLink_EndsWellAndHitsOnceItIsMended(LinkFault fault, string tool)
    {
        using var project = LayerFlowTests.Project(tool);
        await using var nginx = await NginxStore.StartAsync(_sandbox);
        await using var link = new FaultyLink(nginx.Port);
        var url = $"http://127.0.0.1:{link.Port}/cache/";
        await using var a = await StartAsync("a", url);
        await LayerFlowTests.ExpectAsync(project, a, hits: 0);
        await KnownArtifacts.StoreAsync(a);
        await LayerStack.CarriedAsync(a);
        await using var b = await StartAsync("b", url);
        await LayerFlowTests.ExpectAsync(project, b, hits: project.Steps);

        link.Become(fault);
        await using var c = await StartAsync("c", url);
        await BucketFaultTests.BuildsAsync(project, c);
        await KnownArtifacts.ExpectNothingWrongAsync(c);
        project.ChangeSources();
        await BucketFaultTests.BuildsAsync(project, c);

        link.Become(LinkFault.None);
        await LayerStack.CarriedAsync(c);
        await using var d = await StartAsync("d", url);
        await LayerFlowTests.ExpectAsync(project, d, hits: project.Steps);
        await KnownArtifacts.ExpectAllAsync(d);
    }

    [Fact]
    public async Task Build_OverAnotherFabriksHttpDoor_HitsWithTheRightsOfTheToken()
    {
        using var project = LayerFlowTests.Project("turborepo");
        var issuer = await TokenIssuer.CreateAsync(_sandbox);
        await using var second = await FabrikServer.StartAsync(_sandbox, new ServerConfiguration
        {
            FileName = "second.toml",
            StoreDirectory = _sandbox.In("second-store"),
            PublicKeyFile = issuer.PublicKeyFile,
        });
        var url = new Uri(second.Address, "http/any/").AbsoluteUri;
        var writing = _sandbox.Write("writing.token", await issuer.IssueReadWriteAsync());
        var reading = _sandbox.Write("reading.token", await issuer.IssueReadOnlyAsync());

        await using var a = await StartAsync("a", url, writing);
        await LayerFlowTests.ExpectAsync(project, a, hits: 0);
        await KnownArtifacts.StoreAsync(a);
        await LayerStack.CarriedAsync(a);
        await using var b = await StartAsync("b", url, reading);
        await LayerFlowTests.ExpectAsync(project, b, hits: project.Steps);
        await KnownArtifacts.ExpectAllAsync(b);

        project.ChangeSources();
        await LayerFlowTests.ExpectAsync(project, b, hits: 0);
        await using var c = await StartAsync("c", url, reading);
        await LayerFlowTests.ExpectAsync(project, c, hits: 0);
        await using var stranger = await StartAsync("d", url, _sandbox.Write("no.token", "no.such.token"));
        await LayerFlowTests.ExpectAsync(project, stranger, hits: 0);
    }

    public void Dispose() => _sandbox.Dispose();

    private Task<FabrikServer> StartAsync(string name, string url, string? tokenFile = null) =>
        FabrikServer.StartAsync(_sandbox, new ServerConfiguration
        {
            FileName = $"{name}.toml",
            StoreDirectory = _sandbox.In($"{name}-store"),
            TokenFile = tokenFile,
            Upstreams = [$"url = \"{url}\"\n{Impatient}"],
        });
}
