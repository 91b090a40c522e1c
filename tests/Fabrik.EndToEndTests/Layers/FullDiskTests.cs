using Fabrik.EndToEndTests.Layers.Buckets;
using Fabrik.EndToEndTests.Processes;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.EndToEndTests.Layers;

/// <summary>Builds go on when a disk of layer 2 or of the machine itself has no room left.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const int Megabytes = 32;

    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Build_LayerTwoOutOfDisk_EndsWellAndIsCarriedOnceThereIsRoom()
    {
        using var project = LayerFlowTests.Project("turborepo");
        using var disk = Mount();
        await using var stack = await LayerStack.StartAsync(
            _sandbox, second => second with { StoreDirectory = Path.Combine(disk.Folder, "store") });
        var a = await stack.StartFirstAsync("a");
        await LayerFlowTests.ExpectAsync(project, a, hits: 0);
        await LayerStack.CarriedAsync(a);

        // What it has is read; what is new waits, but for what still fits into room that the index took before.
        var ballast = disk.FillUp();
        var b = await stack.StartFirstAsync("b");
        await LayerFlowTests.ExpectAsync(project, b, hits: project.Steps);
        project.ChangeSources();
        await LayerFlowTests.ExpectAsync(project, b, hits: 0);
        await KnownArtifacts.StoreAsync(b);
        await Poll.UntilAsync(
            async () => (await b.ReadMetricsAsync()).Sum(
                "fabrik_upstream_uploads_total", ("result", "failed_try")) > 0,
            () => $"no upload was refused. The log:\n{b.Log}");
        Assert.NotEqual(0, (await b.ReadMetricsAsync()).Sum("fabrik_upstream_queue_depth"));
        var c = await stack.StartFirstAsync("c");
        await BucketFaultTests.BuildsAsync(project, c);
        await KnownArtifacts.ExpectNothingWrongAsync(c);

        File.Delete(ballast);
        await LayerStack.CarriedAsync(b);
        var d = await stack.StartFirstAsync("d");
        await LayerFlowTests.ExpectAsync(project, d, hits: project.Steps);
        await KnownArtifacts.ExpectAllAsync(d);
    }

    [Fact]
    public async Task Build_MachineOutOfDisk_IsServedByLayerTwoAllTheSame()
    {
        using var project = LayerFlowTests.Project("ccache");
        using var disk = Mount();
        await using var stack = await LayerStack.StartAsync(_sandbox, withS3: false);
        var a = await stack.StartFirstAsync("a");
        await LayerFlowTests.ExpectAsync(project, a, hits: 0);
        await LayerStack.CarriedAsync(a);

        var b = await stack.StartFirstAsync(stack.FirstConfiguration("b") with
        {
            StoreDirectory = Path.Combine(disk.Folder, "store"),
        });
        var ballast = disk.FillUp();
        await LayerFlowTests.ExpectAsync(project, b, hits: project.Steps);
        project.ChangeSources();
        await BucketFaultTests.BuildsAsync(project, b);

        File.Delete(ballast);
        await Poll.UntilAsync(
            async () => (await b.ReadHealthAsync()).GetProperty("status").GetString() == "healthy",
            () => $"it does not become healthy. The log:\n{b.Log}");
        project.ChangeSources();
        await LayerFlowTests.ExpectAsync(project, b, hits: 0);
        await LayerStack.CarriedAsync(b);
        var c = await stack.StartFirstAsync("c");
        await LayerFlowTests.ExpectAsync(project, c, hits: project.Steps);
    }

    public void Dispose() => _sandbox.Dispose();

    internal static SmallDisk Mount()
    {
        var disk = SmallDisk.TryMount(Megabytes);
        Assert.SkipWhen(disk is null, "a file system of its own is needed, and mounting one is not allowed here");
        return disk;
    }
}
