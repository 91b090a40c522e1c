using Fabrik.Testing;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Grpc.Health.V1;
using Google.Protobuf;
using Xunit;
using ServingStatus = Fabrik.Wire.Protos.Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Fabrik.ProtocolTests.Rpc;

public sealed class RpcHealthTests : IAsyncLifetime
{
    private RpcTestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RpcTestServer.StartAsync();
        _server.Authenticator.Open = false;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData(EchoService.Name)]
    [InlineData("grpc.health.v1.Health")]
    public async Task Check_KnownService_SaysWhetherCallsAreTaken(string service)
    {
        var ready = await CheckAsync(service);
        _server.NotReady = "draining";
        var draining = await CheckAsync(service);

        Assert.Equal(ServingStatus.Serving, Parse(ready.Messages.Single()));
        Assert.Equal(ServingStatus.NotServing, Parse(draining.Messages.Single()));
    }

    [Fact]
    public async Task Check_OtherService_IsNotFound() =>
        Assert.Equal(StatusCode.NotFound, (await CheckAsync("other.Service")).Status);

    [Fact]
    public async Task Watch_Service_SaysEveryChangeOnce()
    {
        using var response = await WatchAsync("");
        await using var body = await response.Content.ReadAsStreamAsync();

        Assert.Equal(ServingStatus.Serving, await NextAsync(body));
        _server.NotReady = "starting";
        await AdvanceUntil(body, ServingStatus.NotServing);
        _server.NotReady = null;
        await AdvanceUntil(body, ServingStatus.Serving);
    }

    [Fact]
    public async Task Watch_OtherService_SaysSoAndStays()
    {
        using var response = await WatchAsync("other.Service");
        await using var body = await response.Content.ReadAsStreamAsync();

        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(body));
    }

    [Fact]
    public async Task Watch_WhileTheServerEnds_EndsToo()
    {
        using var response = await WatchAsync("");
        await _server.DrainAsync();
        var answer = await RpcTestClient.ReadAsync(response);

        Assert.Equal(StatusCode.Unavailable, answer.Status);
    }

    private static HealthCheckRequest Of(string service) => new() { Service = service };

    private static ServingStatus Parse(byte[] message) => HealthCheckResponse.Parser.ParseFrom(message).Status;

    private static async Task<ServingStatus> NextAsync(Stream body)
    {
        // A field of one byte and its number.
        var frame = new byte[MessageFrame.PrefixLength + 2];
        await body.ReadExactlyAsync(frame);
        return Parse(frame[MessageFrame.PrefixLength..]);
    }

    private async Task AdvanceUntil(Stream body, ServingStatus expected)
    {
        var next = NextAsync(body);
        await _server.Clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), next);
        Assert.Equal(expected, await next);
    }

    private Task<RpcTestAnswer> CheckAsync(string service) => _server.Client.SendAsync(
        "/grpc.health.v1.Health/Check", RpcTestClient.Frame(Of(service).ToByteArray()));

    private async Task<HttpResponseMessage> WatchAsync(string service)
    {
        using var content = new ByteArrayContent(RpcTestClient.Frame(Of(service).ToByteArray()));
        return await _server.Client.OpenAsync("/grpc.health.v1.Health/Watch", content, []);
    }
}
