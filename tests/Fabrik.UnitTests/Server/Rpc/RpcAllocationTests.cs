using System.IO.Pipelines;
using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.UnitTests.Server.Rpc;

/// <summary>
/// What a message costs besides the bytes of the transport: a budget that does not grow with its size. The budgets are
/// those of a debug build, in which every state machine is an object; bench/README.md has the figures of a release.
/// </summary>
public sealed class RpcAllocationTests
{
    private readonly ITestOutputHelper _output;

    public RpcAllocationTests(ITestOutputHelper output) => _output = output;

    [Theory]
    [InlineData(1024, int.MaxValue, 1024)]
    [InlineData(128 * 1024, int.MaxValue, 1024)]
    [InlineData(1024 * 1024, int.MaxValue, 1024)]
    [InlineData(128 * 1024, 16 * 1024, 2560)]
    public async Task Message_OfAStream_CostsAFixedBudget(int size, int piece, int budget)
    {
        // Away from the contexts of the tests, which each wait would carry along: the product has none.
        Task<long> measuring;
        using (ExecutionContext.SuppressFlow())
        {
            measuring = Task.Run(() => MeasureAsync(size, piece));
        }

        var each = await measuring;

        _output.WriteLine($"{each} bytes for each message");
        Assert.InRange(each, 0, budget);
    }

    private static async Task<long> MeasureAsync(int size, int piece)
    {
        using var call = new MemoryCall();
        await SendAsync(call.Request, 20, size, piece);
        const int Count = 200;
        var before = GC.GetAllocatedBytesForCurrentThread();
        await SendAsync(call.Request, Count, size, piece);
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / Count;
        call.Request.Complete();

        Assert.True(call.Ending.IsCompletedSuccessfully);
        Assert.Equal("0", call.Trailers[GrpcFields.Status]);
        Assert.Equal((Count + 20) * (size + MessageFrame.PrefixLength), call.Sent);
        return each;
    }

    // The reader runs within the flush: at once for a whole message, or after each piece of it.
    private static async Task SendAsync(PipeWriter writer, int count, int size, int piece)
    {
        for (var i = 0; i < count; i++)
        {
            MessageFrame.WritePrefix(writer.GetSpan(MessageFrame.PrefixLength), isCompressed: false, size);
            writer.Advance(MessageFrame.PrefixLength);
            for (var rest = size; rest > 0; rest -= Math.Min(piece, rest))
            {
                var part = Math.Min(piece, rest);
                writer.GetSpan(part)[..part].Clear();
                writer.Advance(part);
                await writer.FlushAsync();
            }
        }
    }
}
