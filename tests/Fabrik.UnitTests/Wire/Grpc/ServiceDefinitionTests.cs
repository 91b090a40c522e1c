using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.UnitTests.Wire.Grpc;

public sealed class ServiceDefinitionTests
{
    [Fact]
    public void Definition_TellsABinderEveryMethodByKind()
    {
        var definition = ServerServiceDefinition.CreateBuilder()
            .AddMethod(Describe(MethodType.Unary, "A"), EchoAsync)
            .AddMethod(
                Describe(MethodType.ClientStreaming, "B"),
                static (IAsyncStreamReader<string> _, ServerCallContext _) => Task.FromResult(""))
            .AddMethod(
                Describe(MethodType.ServerStreaming, "C"),
                static (string _, IServerStreamWriter<string> _, ServerCallContext _) => Task.CompletedTask)
            .AddMethod(
                Describe(MethodType.DuplexStreaming, "D"),
                static (IAsyncStreamReader<string> _, IServerStreamWriter<string> _, ServerCallContext _) =>
                    Task.CompletedTask)
            .Build();
        var binder = new Recorder();

        definition.BindService(binder);

        Assert.Equal(["unary /t.S/A", "client /t.S/B", "server /t.S/C", "duplex /t.S/D"], binder.Methods);
    }

    [Fact]
    public void Definition_OfTheSameMethodTwice_IsRefused()
    {
        var builder = ServerServiceDefinition.CreateBuilder();
        builder.AddMethod(Describe(MethodType.Unary, "A"), EchoAsync);

        Assert.Throws<ArgumentException>(() => builder.AddMethod(Describe(MethodType.Unary, "A"), EchoAsync));
    }

    [Fact]
    public void Options_OfACall_AreChangedOneAtATime()
    {
        using var cancellation = new CancellationTokenSource();
        var deadline = new DateTime(2030, 1, 2, 0, 0, 0, DateTimeKind.Utc);
        var options = new CallOptions(cancellationToken: cancellation.Token)
            .WithDeadline(deadline)
            .WithHeaders([new("a", "b")])
            .WithWaitForReady();

        Assert.Equal(deadline, options.Deadline);
        Assert.Equal("b", options.Headers!.GetValue("a"));
        Assert.Equal(cancellation.Token, options.CancellationToken);
        Assert.True(options.IsWaitForReady);
        Assert.Null(options.WriteOptions);
    }

    private static Method<string, string> Describe(MethodType type, string name) =>
        new(type, "t.S", name, Marshallers.StringMarshaller, Marshallers.StringMarshaller);

    private static Task<string> EchoAsync(string request, ServerCallContext context) => Task.FromResult(request);

    private sealed class Recorder : ServiceBinderBase
    {
        public List<string> Methods { get; } = [];

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> handler) =>
            Methods.Add($"unary {method.FullName}");

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse> handler) =>
            Methods.Add($"client {method.FullName}");

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse> handler) =>
            Methods.Add($"server {method.FullName}");

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse> handler) =>
            Methods.Add($"duplex {method.FullName}");
    }
}
