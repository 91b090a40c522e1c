using Fabrik.Cache;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.ProtocolTests.Serving;

/// <summary>Downloads whose client goes away, and several requests on one connection.</summary>
public sealed class DownloadTests : IAsyncLifetime
{
    private const int Large = 20_000_000;

    private RunningServer _server = null!;

    public static TheoryData<ArtifactForm> Forms => [.. Enum.GetValues<ArtifactForm>()];

    public static TheoryData<string> Paths => Doors.All;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Client_ThatGoesAway_HarmsNobodyElse(ArtifactForm form)
    {
        _server.Tier.Form = form;
        await _server.StatusAsync("PUT", Doors.Http, new byte[Large]);
        for (var i = 0; i < 3; i++)
        {
            await using var connection = await _server.ConnectAsync();
            await connection.SendAsync($"GET {Doors.Http} HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(200, (await connection.ReadAnswerAsync(isHead: true)).Status);
            connection.Reset();
        }

        Assert.Equal(Large, (await _server.Client.GetByteArrayAsync(Doors.Http)).Length);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Requests_InOnePiece_AreAnsweredInTheirOrder(string path)
    {
        await using var connection = await _server.ConnectAsync();
        await connection.SendAsync(
            $"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"
            + $"PUT {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
            + $"HEAD {path} HTTP/1.1\r\nHost: a\r\n\r\n"
            + $"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal(404, (await connection.ReadAnswerAsync()).Status);
        Assert.InRange((await connection.ReadAnswerAsync()).Status, 200, 202);
        Assert.Equal("3", (await connection.ReadAnswerAsync(isHead: true)).Find("Content-Length"));
        Assert.Equal("abc", (await connection.ReadAnswerAsync()).Body);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Failure_OfTheTier_NamesNoSecretAndNoCause(string path)
    {
        _server.Tier.Fault.SetAll(CacheErrorKind.Io);

        using var response = await _server.SendAsync("GET", path);

        Assert.DoesNotContain("Exception", await response.Content.ReadAsStringAsync());
    }
}
