using Fabrik.EndToEndTests.Layers.Buckets;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Layers;

/// <summary><c>grpcs://</c> between the layers, with an authority of one's own.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Build_OverTls_HitsInLayerTwo()
    {
        using var project = LayerFlowTests.Project("turborepo");
        var certificate = TestCertificate.Create(_sandbox, "layer2");
        await using var stack = await StartAsync(certificate);
        var trust = $"ca_file = \"{certificate.AuthorityFile}\"";
        var a = await stack.StartFirstAsync("a", trust);
        await LayerFlowTests.ExpectAsync(project, a, hits: 0);
        await LayerStack.CarriedAsync(a);
        var b = await stack.StartFirstAsync("b", trust);
        await LayerFlowTests.ExpectAsync(project, b, hits: project.Steps);

        var doctor = await Doctor.AskAsync(_sandbox, a.ConfigurationFile);
        Assert.True(doctor.Run.ExitCode == 0 && doctor.Says("ok", "is fabrik/"), $"{doctor}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Build_AuthorityThatIsNotTrusted_EndsWellAndIsTold(bool hasAnotherAuthority)
    {
        using var project = LayerFlowTests.Project("ccache");
        await using var stack = await StartAsync(TestCertificate.Create(_sandbox, "layer2"));
        var other = TestCertificate.Create(_sandbox, "other");
        var a = await stack.StartFirstAsync("a", hasAnotherAuthority ? $"ca_file = \"{other.AuthorityFile}\"" : "");
        await BucketFaultTests.BuildsAsync(project, a);
        Assert.NotEqual(0, (await a.ReadMetricsAsync()).Sum("fabrik_upstream_queue_depth"));

        var doctor = await Doctor.AskAsync(_sandbox, a.ConfigurationFile);
        Assert.Equal(1, doctor.Run.ExitCode);
        Assert.True(doctor.Says("FAIL", "certificate") && doctor.Says("FAIL", "ca_file"), $"{doctor}");
    }

    public void Dispose() => _sandbox.Dispose();

    private Task<LayerStack> StartAsync(TestCertificate certificate) =>
        LayerStack.StartAsync(_sandbox, second => second with { Certificate = certificate });
}
