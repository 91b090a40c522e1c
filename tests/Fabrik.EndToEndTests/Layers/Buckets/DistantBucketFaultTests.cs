using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Layers.Buckets;

/// <summary>A real build goes on over every fault of the bucket behind layer 2.</summary>
public sealed class DistantBucketFaultTests : IDisposable
{
    // Layer 2 gives up before layer 1 gives it up.
    private const string Impatient = "permanent = true\nanswer_timeout = \"1s\"\ntimeout = \"3s\"";

    private readonly Sandbox _sandbox = new();

    public static TheoryData<BucketFault, string> Faults => BucketFaultTests.Faults;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Build_OverAFaultyBucketBehindLayerTwo_EndsWellAndIsCarriedOnceItIsMended(
        BucketFault fault, string tool)
    {
        using var project = LayerFlowTests.Project(tool);
        await using var s3 = await S3Server.StartAsync(_sandbox);
        await using var bucket = await FaultyBucket.StartAsync(s3);
        await using var stack = await LayerStack.StartAsync(
            _sandbox, second => second with { Upstreams = [s3.Upstream(Impatient, bucket.Port)] });
        var a = await stack.StartFirstAsync("a");
        await KnownArtifacts.StoreAsync(a);
        await LayerFlowTests.ExpectAsync(project, a, hits: 0);
        await LayerStack.CarriedAsync(a);
        await LayerStack.CarriedAsync(stack.Second);

        // Only the bucket has what was built until now.
        await bucket.BecomeAsync(fault);
        await stack.RestartSecondAsync(emptied: true);
        var b = await stack.StartFirstAsync("b");
        await BucketFaultTests.BuildsAsync(project, b);
        await KnownArtifacts.ExpectNothingWrongAsync(b);
        project.ChangeSources();
        await BucketFaultTests.BuildsAsync(project, b);
        Assert.NotEqual(0, bucket.Faulted);

        // Layer 2 works whatever is behind it: another machine hits there.
        await LayerStack.CarriedAsync(b);
        var c = await stack.StartFirstAsync("c");
        await LayerFlowTests.ExpectAsync(project, c, hits: project.Steps);

        await bucket.BecomeAsync(BucketFault.None);
        await LayerStack.CarriedAsync(stack.Second);
        await stack.RestartSecondAsync(emptied: true);
        var d = await stack.StartFirstAsync("d");
        await LayerFlowTests.ExpectAsync(project, d, hits: project.Steps);
        await KnownArtifacts.ExpectAllAsync(d);
    }

    public void Dispose() => _sandbox.Dispose();
}
