using Fabrik.EndToEndTests.Lifecycle;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Layers.Buckets;

/// <summary><c>storage_backend = "s3"</c>: what is acknowledged is in the bucket, and the bucket may go away.</summary>
public sealed class StorageBackendTests : IDisposable
{
    private const string Impatient = "answer_timeout = \"1s\"\ntimeout = \"3s\"";

    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Write_ThatIsAcknowledged_OutlivesTheMachine()
    {
        await using var s3 = await S3Server.StartAsync(_sandbox);
        var storm = new WriteStorm();
        await using (var killed = await FabrikServer.StartAsync(
            _sandbox, Configure("killed", s3.Upstream()) with { Arguments = ["--storage-backend=s3"] }))
        {
            var writing = storm.RunAsync(killed);
            await storm.AdvanceAsync(40);
            await killed.KillAsync();
            await writing;
        }

        Assert.True(s3.Count >= storm.Acknowledged, $"{s3.Count} of {storm.Acknowledged} are in the bucket");

        // Another machine, which has nothing but the bucket.
        await using var other = await StartAsync("other", s3.Upstream());
        await storm.VerifyAsync(other);
    }

    [Fact]
    public async Task Build_BucketGoneMidway_EndsWellAndIsCarriedOnceItIsBack()
    {
        using var project = LayerFlowTests.Project("ccache");
        await using var s3 = await S3Server.StartAsync(_sandbox);
        await using var link = new FaultyLink(s3.Port);
        await using (var a = await StartAsync("a", s3.Upstream(Impatient, link.Port)))
        {
            project.Gate.Close();
            var building = project.BuildAsync(LayerStack.AccessTo(a));
            await project.Gate.ReachedAsync();
            link.Become(LinkFault.Refusing);
            project.Gate.Open();
            var built = await building;
            Assert.True(built.Succeeded, $"{built}\n{a.Log}");
            project.VerifyOutputs();
            await LayerFlowTests.ExpectAsync(project, a, hits: project.Steps);

            link.Become(LinkFault.None);
            await LayerStack.CarriedAsync(a);
        }

        await using var b = await StartAsync("b", s3.Upstream());
        await LayerFlowTests.ExpectAsync(project, b, hits: project.Steps);
    }

    public void Dispose() => _sandbox.Dispose();

    private Task<FabrikServer> StartAsync(string name, string upstream) =>
        FabrikServer.StartAsync(_sandbox, Configure(name, upstream) with { StorageBackend = "s3" });

    private ServerConfiguration Configure(string name, string upstream) => new()
    {
        FileName = $"{name}.toml",
        StoreDirectory = _sandbox.In($"{name}-store"),
        Upstreams = [upstream],
    };
}
