using System.Buffers.Binary;
using Fabrik.Testing;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Google.Bytestream;
using Google.Protobuf;
using Xunit;
using WriteCall = Fabrik.Wire.Grpc.AsyncClientStreamingCall<
    Fabrik.Wire.Protos.Chunks.ChunkMessage<Fabrik.Wire.Protos.Google.Bytestream.WriteRequest>,
    Fabrik.Wire.Protos.Google.Bytestream.WriteResponse>;

namespace Fabrik.ProtocolTests.Bazel.ByteStream;

/// <summary>Ten thousand streams that are open at the same time, on twenty connections, over a real store.</summary>
public sealed class TenThousandStreamsTests : IDisposable
{
    private const int Streams = 10_000;
    private const int Connections = 20;
    private const int Size = 1024;

    // Of the server and the client together, which are one process here.
    private const long MaxBytesPerStream = 64 * 1024;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"fabrik-protocol-{Guid.NewGuid():n}");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Writers_HalfOfWhomVanish_LeaveWhatTheOthersFinished()
    {
        await using var host = await StreamHost.StartAsync(_folder, Streams);
        var clients = Enumerable.Range(0, Connections).Select(_ => host.Connect()).ToArray();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var calls = await Task.WhenAll(
            Enumerable.Range(0, Streams).Select(i => BeginAsync(clients[i % Connections], i)));
        await Wait.UntilAsync(() => host.Gate.InFlight == Streams);
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(held, 0, Streams * MaxBytesPerStream);
        Assert.Equal(StatusCode.ResourceExhausted, await host.Connect().FailSendAsync(First(Streams)));

        await Task.WhenAll(calls.Select((call, i) => EndAsync(clients[i % Connections], call, i)));
        await Wait.UntilAsync(() => host.Gate.InFlight == 0);
        Assert.Equal(Streams / 2, host.StoredEntries);
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "tmp")));

        // What vanished is not there; what was finished is whole.
        await Task.WhenAll(Enumerable.Range(0, Streams).Select(i => ReadAsync(clients[i % Connections], i)));
        await Wait.UntilAsync(() => host.Gate.InFlight == 0);
    }

    private static async Task<WriteCall> BeginAsync(StreamClient client, int number)
    {
        var call = client.BeginWrite();
        await client.WriteAsync(call, First(number));
        return call;
    }

    private static async Task EndAsync(StreamClient client, WriteCall call, int number)
    {
        using (call)
        {
            if (number % 2 == 0)
            {
                return;
            }

            await client.WriteAsync(call, new WriteRequest
            {
                WriteOffset = Size / 2,
                Data = ByteString.CopyFrom(Of(number).Bytes, Size / 2, Size / 2),
                FinishWrite = true,
            });
            await call.RequestStream.CompleteAsync();
            Assert.Equal(Size, (await call.ResponseAsync).CommittedSize);
        }
    }

    private static async Task ReadAsync(StreamClient client, int number)
    {
        var blob = Of(number);
        if (number % 2 == 0)
        {
            Assert.Equal(StatusCode.NotFound, await client.FailReadAsync(blob.ReadName));
        }
        else
        {
            Assert.Equal(blob.Bytes, await client.ReadAsync(blob.ReadName));
        }
    }

    private static WriteRequest First(int number)
    {
        var blob = Of(number);
        return new WriteRequest
        {
            ResourceName = blob.WriteName,
            Data = ByteString.CopyFrom(blob.Bytes, 0, Size / 2),
        };
    }

    // The number makes it another blob than all the others.
    private static Blob Of(int number)
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return new Blob(bytes);
    }
}
