using System.Buffers;
using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.ProtocolTests.Rpc.Client.GrpcJs;

/// <summary>
/// What a stream of messages of 128 KiB costs in this process; the server is in another one. The budgets are about
/// twice what was measured: 3,000 bytes up and 1,100 down, nearly all of it in the runtime's HTTP/2.
/// </summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public class AllocationTests(GrpcJsServer server)
{
    private const int Size = 128 * 1024;
    private const int Count = 2000;
    private const long BytesPerMessage = 6 * 1024;

    private static readonly byte[] Payload = new byte[Size];

    // Messages are written from, and read into, memory that is there already.
    private static readonly Marshaller<byte[]> InPlace = new(
        static (message, context) =>
        {
            context.SetPayloadLength(message.Length);
            context.GetBufferWriter().Write(message);
            context.Complete();
        },
        static context =>
        {
            Assert.Equal(Size, context.PayloadLength);
            return Payload;
        });

    [Fact]
    public async Task Download_OfLargeMessages_StaysWithinItsBudget()
    {
        using var channel = server.Open();
        var method = new Method<byte[], byte[]>(
            MethodType.ServerStreaming, "test.Service", "ServerStreaming", Calls.Unary.RequestMarshaller, InPlace);
        var request = System.Text.Encoding.ASCII.GetBytes($$"""{"count":{{2 * Count}},"size":{{Size}}}""");
        using var call = channel.CreateCallInvoker().AsyncServerStreamingCall(method, null, default, request);
        await MeasureAsync(async () => Assert.True(await call.ResponseStream.MoveNext()));
    }

    [Fact]
    public async Task Upload_OfLargeMessages_StaysWithinItsBudget()
    {
        using var channel = server.Open();
        var method = new Method<byte[], byte[]>(
            MethodType.ClientStreaming, "test.Service", "ClientStreaming", InPlace, Calls.Unary.ResponseMarshaller);
        using var call = channel.CreateCallInvoker().AsyncClientStreamingCall(method, null, default);
        await MeasureAsync(() => call.RequestStream.WriteAsync(Payload));
    }

    private static async Task MeasureAsync(Func<Task> exchange)
    {
        for (var i = 0; i < Count; i++)
        {
            await exchange();
        }

        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < Count; i++)
        {
            await exchange();
        }

        var perMessage = (GC.GetTotalAllocatedBytes(precise: true) - before) / Count;
        TestContext.Current.SendDiagnosticMessage($"{perMessage} bytes for each message");
        Assert.InRange(perMessage, 0, BytesPerMessage);
    }
}
