using Fabrik.ProtocolTests.Serving;
using Xunit;

namespace Fabrik.ProtocolTests.Gradle;

public sealed class GradleTests : IAsyncLifetime
{
    private const string Path = "/cache/3db238f1fd436c38f460389498ebaad8";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Artifact_ThatWasPut_IsRead()
    {
        Assert.Equal(404, await _server.StatusAsync("GET", Path));
        Assert.Equal(200, await _server.StatusAsync("PUT", Path, "artifact"u8.ToArray()));

        Assert.Equal("artifact"u8.ToArray(), await _server.Client.GetByteArrayAsync(Path));
    }
}
