using Fabrik.Composition;
using Fabrik.UnitTests.Settings;
using Xunit;

namespace Fabrik.UnitTests.Composition;

[Collection(nameof(ServingFixture))]
public sealed class PortsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ports_OfListeners_AreNamedByListenerAndDuty()
    {
        await using ServingFixture serving = new();
        IReadOnlyDictionary<string, int> ports = PortsFile.Of(await serving.StartAsync(ServingMode.Daemon));
        Assert.Equal("grpc health http metrics s3", string.Join(' ', ports.Keys));
        Assert.Equal(ports["metrics"], ports["health"]);
        Assert.NotEqual(ports["metrics"], ports["http"]);
        Assert.All(ports.Values, port => Assert.InRange(port, 1, ushort.MaxValue));
    }

    [Fact]
    public async Task File_ThatCanBeWritten_HoldsJson()
    {
        await using ServingFixture serving = new();
        IReadOnlyList<ListenerRole> listeners = await serving.StartAsync(ServingMode.Server);
        string path = _folder.At("ports.json");
        Assert.Null(PortsFile.TryWrite(path, listeners));
        Assert.Matches(
            """^\{"grpc":[1-9]\d*,"health":[1-9]\d*,"http":[1-9]\d*,"metrics":[1-9]\d*,"s3":[1-9]\d*\}$""",
            await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void File_InAFolderThatIsMissing_SaysWhichFile() => Assert.StartsWith(
        "missing/ports.json cannot be written: ",
        _folder.Relative(PortsFile.TryWrite(_folder.At("missing", "ports.json"), [])!),
        StringComparison.Ordinal);
}
