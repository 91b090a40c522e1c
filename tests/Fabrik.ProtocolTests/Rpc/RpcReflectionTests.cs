using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Grpc.Reflection.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Xunit;

namespace Fabrik.ProtocolTests.Rpc;

public sealed class RpcReflectionTests : IAsyncLifetime
{
    private RpcTestServer _server = null!;

    public static TheoryData<string> Versions => ["v1", "v1alpha"];

    public async ValueTask InitializeAsync() => _server = await RpcTestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Services_OfAListener_AreListed(string version)
    {
        var response = await AskAsync(version, new ServerReflectionRequest { ListServices = "*", Host = "here" });

        Assert.Equal(
            [
                "grpc.health.v1.Health",
                "grpc.reflection.v1.ServerReflection",
                "grpc.reflection.v1alpha.ServerReflection",
            ],
            response.ListServicesResponse.Service.Select(service => service.Name),
            StringComparer.Ordinal);
        Assert.Equal("here", response.ValidHost);
    }

    [Theory]
    [InlineData("grpc.health.v1.Health", "grpc/health/v1/health.proto")]
    [InlineData("grpc.health.v1.Health.Check", "grpc/health/v1/health.proto")]
    [InlineData("grpc.health.v1.HealthCheckResponse.ServingStatus", "grpc/health/v1/health.proto")]
    [InlineData("grpc.health.v1.HealthCheckRequest.service", "grpc/health/v1/health.proto")]
    [InlineData("grpc.reflection.v1alpha.ServerReflection", "grpc/reflection/v1alpha/reflection.proto")]
    public async Task Symbol_OfAFile_IsFound(string symbol, string file)
    {
        var response = await AskAsync("v1", new ServerReflectionRequest { FileContainingSymbol = symbol });
        var byName = await AskAsync("v1", new ServerReflectionRequest { FileByFilename = file });

        var found = FileDescriptorProto.Parser.ParseFrom(response.FileDescriptorResponse.FileDescriptorProto[0]);
        Assert.Equal(file, found.Name);
        Assert.Equal(response.FileDescriptorResponse, byName.FileDescriptorResponse);
    }

    [Fact]
    public async Task Unknown_Names_AreNotFoundAndTheStreamGoesOn()
    {
        ServerReflectionRequest[] requests =
        [
            new() { FileByFilename = "other.proto" },
            new() { FileContainingSymbol = "other.Service" },
            new() { FileContainingExtension = new ExtensionRequest { ContainingType = "other", ExtensionNumber = 1 } },
            new() { AllExtensionNumbersOfType = "other" },
        ];

        var responses = await AskAllAsync("v1", requests);

        Assert.All(responses, response => Assert.Equal((int)StatusCode.NotFound, response.ErrorResponse.ErrorCode));
        Assert.Equal(requests, responses.Select(response => response.OriginalRequest));
    }

    [Fact]
    public async Task Extensions_OfAMessageWithout_AreNone()
    {
        var response = await AskAsync("v1", new ServerReflectionRequest
        {
            AllExtensionNumbersOfType = "grpc.health.v1.HealthCheckRequest",
        });

        Assert.Empty(response.AllExtensionNumbersResponse.ExtensionNumber);
        Assert.Equal("grpc.health.v1.HealthCheckRequest", response.AllExtensionNumbersResponse.BaseTypeName);
    }

    [Fact]
    public async Task Request_ForNothing_IsAnError()
    {
        var response = await AskAsync("v1", new ServerReflectionRequest());

        Assert.Equal((int)StatusCode.InvalidArgument, response.ErrorResponse.ErrorCode);
    }

    private async Task<ServerReflectionResponse> AskAsync(string version, ServerReflectionRequest request) =>
        (await AskAllAsync(version, request)).Single();

    private async Task<ServerReflectionResponse[]> AskAllAsync(
        string version, params ServerReflectionRequest[] requests)
    {
        var answer = await _server.Client.SendAsync(
            $"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
            [.. requests.SelectMany(request => RpcTestClient.Frame(request.ToByteArray()))]);
        Assert.Equal(StatusCode.OK, answer.Status);
        return [.. answer.Messages.Select(ServerReflectionResponse.Parser.ParseFrom)];
    }
}
