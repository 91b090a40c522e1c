using System.Text.Json;
using Fabrik.ProtocolTests.Serving;
using Xunit;

namespace Fabrik.ProtocolTests.Admin;

public sealed class HealthTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        _server.Authenticator.Open = false;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Health_SaysStatusUptimeAndVersion()
    {
        _server.Clock.Advance(TimeSpan.FromSeconds(90));

        var (status, json) = await GetAsync("/health");

        Assert.Equal(200, status);
        Assert.Equal("healthy", json.GetProperty("status").GetString());
        Assert.Equal(90, json.GetProperty("uptime_seconds").GetInt64());
        Assert.Equal("1.2.3", json.GetProperty("version").GetString());
    }

    [Fact]
    public async Task Health_WhenDegraded_SaysWhyAndStaysReady()
    {
        _server.Degraded = "the disk is full";

        var (_, health) = await GetAsync("/health");
        var (ready, _) = await GetAsync("/ready");

        Assert.Equal("degraded", health.GetProperty("status").GetString());
        Assert.Equal("the disk is full", health.GetProperty("reason").GetString());
        Assert.Equal(200, ready);
    }

    [Fact]
    public async Task Ready_WhileDraining_IsUnavailableButAlive()
    {
        _server.NotReady = "draining";

        var (ready, json) = await GetAsync("/ready");
        var (live, _) = await GetAsync("/live");
        var (health, _) = await GetAsync("/health");

        Assert.Equal(503, ready);
        Assert.Equal("draining", json.GetProperty("reason").GetString());
        Assert.Equal(200, live);
        Assert.Equal(200, health);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/ready")]
    [InlineData("/live")]
    public async Task Head_HasNoBody(string path)
    {
        using var response = await _server.SendAsync("HEAD", path);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.True(response.Content.Headers.ContentLength > 0);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.Equal(405, await _server.StatusAsync("POST", path));
    }

    private async Task<(int Status, JsonElement Json)> GetAsync(string path)
    {
        using var response = await _server.SendAsync("GET", path);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return ((int)response.StatusCode, json.RootElement.Clone());
    }
}
