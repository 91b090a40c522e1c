using System.Text;
using Fabrik.Server.Rpc;
using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.ProtocolTests.Rpc;

/// <summary>Who may come in, and what the cache's failures become.</summary>
public sealed class RpcDoorTests : IAsyncLifetime
{
    private RpcTestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RpcTestServer.StartAsync();
        _server.Authenticator.Open = false;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Call_WithoutAToken_IsUnauthenticated()
    {
        var answer = await _server.Client.CallAsync("Echo", [1]);

        Assert.Equal(StatusCode.Unauthenticated, answer.Status);
        Assert.True(answer.IsTrailersOnly);
        Assert.StartsWith("Bearer", answer.Headers["www-authenticate"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_WithABadToken_IsUnauthenticated()
    {
        var answer = await _server.Client.CallAsync("Echo", [1], ("authorization", "Bearer nobody"));

        Assert.Equal(StatusCode.Unauthenticated, answer.Status);
    }

    [Fact]
    public async Task Call_WithoutThePermission_IsDenied()
    {
        var denied = await _server.Client.CallAsync("Write", [], ("authorization", "Bearer ro"));
        var allowed = await _server.Client.CallAsync("Write", [], ("authorization", "Bearer tenant:acme"));

        Assert.Equal(StatusCode.PermissionDenied, denied.Status);
        Assert.Contains("cache:write", denied.Detail, StringComparison.Ordinal);
        Assert.Equal("acme", Encoding.UTF8.GetString(allowed.Messages.Single()));
    }

    [Fact]
    public async Task Failure_OfTheCache_HasItsCodeAndItsKind()
    {
        var answer = await _server.Client.CallAsync("Write", "full"u8.ToArray(), ("authorization", "Bearer rw"));

        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);
        Assert.Equal("storage_full", answer.Trailers[RpcAnswers.KindField]);
        Assert.Equal("the disk is full", answer.Detail);
    }

    [Fact]
    public async Task Gate_ThatIsFull_TurnsAway()
    {
        for (var i = 0; i < RpcTestServer.MaxCalls; i++)
        {
            Assert.True(_server.Gate.TryEnter());
        }

        var refused = await _server.Client.CallAsync("Echo", [1], ("authorization", "Bearer rw"));
        var health = await _server.Client.SendAsync("/grpc.health.v1.Health/Check", RpcTestClient.Frame());
        _server.Gate.Leave();
        var taken = await _server.Client.CallAsync("Echo", [1], ("authorization", "Bearer rw"));

        Assert.Equal(StatusCode.ResourceExhausted, refused.Status);
        Assert.Equal(StatusCode.OK, health.Status);
        Assert.Equal(StatusCode.OK, taken.Status);
    }

    [Fact]
    public async Task Gate_AfterEveryKindOfEnd_IsEmpty()
    {
        (string, string) token = ("authorization", "Bearer rw");
        await _server.Client.CallAsync("Echo", [1], token);
        await _server.Client.CallAsync("Crash", [1], token);
        await _server.Client.CallAsync("Fail", [5], token);
        await _server.Client.CallAsync("Echo", [1]);

        Assert.Equal(0, _server.Gate.InFlight);
    }
}
