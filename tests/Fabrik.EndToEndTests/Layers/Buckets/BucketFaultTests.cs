using Fabrik.EndToEndTests.Clients;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Layers.Buckets;

/// <summary>A real build goes on over every fault of a bucket right behind the machine that builds.</summary>
public sealed class BucketFaultTests : IDisposable
{
    private const string Impatient = "answer_timeout = \"1s\"\ntimeout = \"3s\"";

    private readonly Sandbox _sandbox = new();

    /// <summary>Every fault, each with one of the build tools.</summary>
    public static TheoryData<BucketFault, string> Faults
    {
        get
        {
            string[] tools = ["ccache", "turborepo", "ccache", "nx"];
            var data = new TheoryData<BucketFault, string>();
            foreach (var fault in Enum.GetValues<BucketFault>().Where(fault => fault != BucketFault.None))
            {
                data.Add(fault, tools[(int)fault % tools.Length]);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Build_OverAFaultyBucket_EndsWellAndIsCarriedOnceItIsMended(BucketFault fault, string tool)
    {
        using var project = LayerFlowTests.Project(tool);
        await using var s3 = await S3Server.StartAsync(_sandbox);
        await using var bucket = await FaultyBucket.StartAsync(s3);
        await using (var a = await StartAsync("a", s3, bucket))
        {
            await KnownArtifacts.StoreAsync(a);
            await LayerFlowTests.ExpectAsync(project, a, hits: 0);
            await LayerStack.CarriedAsync(a);
        }

        await bucket.BecomeAsync(fault);
        await using (var b = await StartAsync("b", s3, bucket))
        {
            await BuildsAsync(project, b);
            await KnownArtifacts.ExpectNothingWrongAsync(b);
            project.ChangeSources();
            await BuildsAsync(project, b);
            Assert.NotEqual(0, bucket.Faulted);
            await bucket.BecomeAsync(BucketFault.None);
            await LayerStack.CarriedAsync(b);
        }

        await using var c = await StartAsync("c", s3, bucket);
        await LayerFlowTests.ExpectAsync(project, c, hits: project.Steps);
        await KnownArtifacts.ExpectAllAsync(c);
    }

    public void Dispose() => _sandbox.Dispose();

    // Whether the cache helps over a fault is its own affair; that the build is right is not.
    internal static async Task BuildsAsync(ISampleProject project, FabrikServer first)
    {
        project.Clean();
        var built = await project.BuildAsync(LayerStack.AccessTo(first));
        Assert.True(built.Succeeded, $"{built}\n{first.Log}");
        project.VerifyOutputs();
    }

    private Task<FabrikServer> StartAsync(string name, S3Server s3, FaultyBucket bucket) =>
        FabrikServer.StartAsync(_sandbox, new ServerConfiguration
        {
            FileName = $"{name}.toml",
            StoreDirectory = _sandbox.In($"{name}-store"),
            Upstreams = [s3.Upstream(Impatient, bucket.Port)],
        });
}
