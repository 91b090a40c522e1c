using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Layers.Traces;

/// <summary>One request of a build tool is one trace, through all layers.</summary>
public sealed class TraceTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Build_OverTwoLayers_IsSeenAsTracesThatGoThroughBoth()
    {
        using var project = LayerFlowTests.Project("turborepo");
        await using var collector = await Collector.StartAsync();
        await using var stack = await LayerStack.StartAsync(
            _sandbox, second => second with { Collector = collector.Address });
        var a = await stack.StartFirstAsync("a");
        await LayerFlowTests.ExpectAsync(project, a, hits: 0);
        await LayerStack.CarriedAsync(a);

        var b = await stack.StartFirstAsync(stack.FirstConfiguration("b") with { Collector = collector.Address });
        await LayerFlowTests.ExpectAsync(project, b, hits: project.Steps);

        // Each of the reads: layer 1's answer to the tool, its question to layer 2, and layer 2's answer.
        await Poll.UntilAsync(
            () => Joints(collector.Spans).Count() >= project.ReadsPerBuild,
            () => $"traces do not go through both layers:\n{string.Join('\n', collector.Spans)}");
        Assert.All(Joints(collector.Spans), joint =>
        {
            Assert.Equal(joint.Above.Trace, joint.Below.Trace);
            Assert.StartsWith("upstream ", joint.Above.Name, StringComparison.Ordinal);
            Assert.StartsWith("fabrik ", joint.Below.Name, StringComparison.Ordinal);
            var root = Assert.Single(collector.Spans, span => span.Id == joint.Above.Parent);
            Assert.StartsWith("turborepo ", root.Name, StringComparison.Ordinal);
            Assert.Equal("", root.Parent);
        });
    }

    public void Dispose() => _sandbox.Dispose();

    // Spans of one process that were caused by a span of another.
    private static IEnumerable<(Span Above, Span Below)> Joints(IReadOnlyList<Span> spans) =>
        from above in spans
        from below in spans
        where above.Id == below.Parent && above.Process != below.Process
        select (above, below);
}
