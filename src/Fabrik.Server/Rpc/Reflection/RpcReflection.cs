using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Grpc.Reflection.V1;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Routing;
using Request = Fabrik.Wire.Protos.Grpc.Reflection.V1.ServerReflectionRequest;
using Response = Fabrik.Wire.Protos.Grpc.Reflection.V1.ServerReflectionResponse;

namespace Fabrik.Server.Rpc.Reflection;

/// <summary>
/// The services <c>grpc.reflection.v1.ServerReflection</c> and, for older tools, <c>v1alpha</c>, whose messages are the
/// same on the wire. They tell tools such as grpcurl what a listener offers; nobody needs a token.
/// </summary>
public sealed class RpcReflection
{
    private readonly DescriptorIndex _index;
    private readonly CancellationToken _draining;

    private RpcReflection(DescriptorIndex index, CancellationToken draining)
    {
        _index = index;
        _draining = draining;
    }

    /// <summary>Maps both versions. What is told of a listener is the services that are given, and these two.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="services">Metrics, logs, and when the server begins to end.</param>
    /// <param name="descriptors">The services that answer on this listener.</param>
    public static void Map(
        IEndpointRouteBuilder routes, ServerServices services, IEnumerable<ServiceDescriptor> descriptors)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(descriptors);
        ServiceDescriptor[] versions =
        [
            ReflectionReflection.Descriptor.Services[0],
            Wire.Protos.Grpc.Reflection.V1Alpha.ReflectionReflection.Descriptor.Services[0],
        ];
        var service = new RpcReflection(new DescriptorIndex(descriptors.Concat(versions)), services.Draining);
        var door = RpcDoor.Public(services, "reflection");
        foreach (var version in versions)
        {
            var definition = ServerServiceDefinition.CreateBuilder()
                .AddMethod(Describe(version.FullName), service.AnswerAsync)
                .Build();
            routes.MapRpc(definition, door);
        }
    }

    private static Method<Request, Response> Describe(string service) => new(
        MethodType.DuplexStreaming,
        service,
        "ServerReflectionInfo",
        Marshallers.ForMessage(Request.Parser),
        Marshallers.ForMessage(Response.Parser));

    private async Task AnswerAsync(
        IAsyncStreamReader<Request> requests, IServerStreamWriter<Response> responses, ServerCallContext context)
    {
        try
        {
            while (await requests.MoveNext(_draining))
            {
                await responses.WriteAsync(Answer(requests.Current));
            }
        }
        catch (OperationCanceledException) when (_draining.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the server is ending"));
        }
    }

    private Response Answer(Request request)
    {
        var response = new Response { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case Request.MessageRequestOneofCase.FileByFilename:
                SetFile(response, _index.FindFile(request.FileByFilename));
                break;
            case Request.MessageRequestOneofCase.FileContainingSymbol:
                SetFile(response, _index.FindSymbol(request.FileContainingSymbol));
                break;
            case Request.MessageRequestOneofCase.FileContainingExtension:
                var extension = request.FileContainingExtension;
                SetFile(response, _index.FindExtension(extension.ContainingType, extension.ExtensionNumber));
                break;
            case Request.MessageRequestOneofCase.AllExtensionNumbersOfType:
                SetExtensions(response, request.AllExtensionNumbersOfType);
                break;
            case Request.MessageRequestOneofCase.ListServices:
                response.ListServicesResponse = new ListServiceResponse
                {
                    Service = { _index.Services.Select(static name => new ServiceResponse { Name = name }) },
                };
                break;
            default:
                SetError(response, StatusCode.InvalidArgument, "the request asks for nothing that is known here");
                break;
        }

        return response;
    }

    private static void SetFile(Response response, FileDescriptor? file)
    {
        if (file is null)
        {
            SetError(response, StatusCode.NotFound, "nothing here declares it");
            return;
        }

        response.FileDescriptorResponse = new FileDescriptorResponse
        {
            FileDescriptorProto = { DescriptorIndex.WithDependencies(file) },
        };
    }

    private void SetExtensions(Response response, string type)
    {
        if (_index.ExtensionsOf(type) is not { } numbers)
        {
            SetError(response, StatusCode.NotFound, "there is no such message");
            return;
        }

        response.AllExtensionNumbersResponse = new ExtensionNumberResponse
        {
            BaseTypeName = type,
            ExtensionNumber = { numbers },
        };
    }

    private static void SetError(Response response, StatusCode code, string message) =>
        response.ErrorResponse = new ErrorResponse { ErrorCode = (int)code, ErrorMessage = message };
}
