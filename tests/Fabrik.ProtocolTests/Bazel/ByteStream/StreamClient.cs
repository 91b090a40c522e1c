using System.Buffers;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Chunks;
using Fabrik.Wire.Protos.Google.Bytestream;
using Google.Protobuf;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel.ByteStream;

/// <summary>A client that sends what a test wants sent.</summary>
internal sealed class StreamClient(CallInvoker calls, string? token)
{
    private readonly ByteStreamMethods _methods = new();

    private CallOptions Options => token is null
        ? default
        : new CallOptions(headers: new Metadata { { "authorization", $"Bearer {token}" } });

    /// <summary>Reads to the end.</summary>
    public async Task<byte[]> ReadAsync(string name, long offset = 0, long limit = 0)
    {
        var bytes = new MemoryStream();
        await ReadAsync(new ReadRequest { ResourceName = name, ReadOffset = offset, ReadLimit = limit }, bytes);
        return bytes.ToArray();
    }

    /// <summary>Reads to the end, or until something is wrong.</summary>
    public async Task ReadAsync(ReadRequest request, MemoryStream bytes)
    {
        using var call = Call(request);
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            using var message = call.ResponseStream.Current;
            foreach (var segment in message.Chunk)
            {
                bytes.Write(segment.Span);
            }
        }
    }

    /// <summary>Begins to read; the caller takes messages.</summary>
    public AsyncServerStreamingCall<ChunkMessage<ReadResponse>> BeginRead(string name) =>
        Call(new ReadRequest { ResourceName = name });

    public async Task<StatusCode> FailReadAsync(string name, long offset = 0, long limit = 0) =>
        (await Assert.ThrowsAsync<RpcException>(() => ReadAsync(name, offset, limit))).StatusCode;

    /// <summary>Writes in pieces, as clients do: only the first message has the name.</summary>
    public Task<WriteResponse> WriteAsync(string name, byte[] bytes, int piece = 64 * 1024) =>
        SendAsync([.. Pieces(name, bytes, piece)]);

    /// <summary>Sends messages, ends the stream, and gives the answer.</summary>
    public async Task<WriteResponse> SendAsync(params WriteRequest[] messages)
    {
        using var call = BeginWrite();
        foreach (var message in messages)
        {
            try
            {
                await WriteAsync(call, message);
            }
            catch (Exception ended) when (ended is RpcException or InvalidOperationException)
            {
                // The answer came before the rest was sent; it says why.
                return await call.ResponseAsync;
            }
        }

        await call.RequestStream.CompleteAsync();
        return await call.ResponseAsync;
    }

    public async Task<StatusCode> FailSendAsync(params WriteRequest[] messages) =>
        (await Assert.ThrowsAsync<RpcException>(() => SendAsync(messages))).StatusCode;

    /// <summary>Begins to write; the caller sends messages.</summary>
    public AsyncClientStreamingCall<ChunkMessage<WriteRequest>, WriteResponse> BeginWrite() =>
        calls.AsyncClientStreamingCall(_methods.Write, null, Options);

    /// <summary>Sends one message.</summary>
    public async Task WriteAsync(
        AsyncClientStreamingCall<ChunkMessage<WriteRequest>, WriteResponse> call, WriteRequest message)
    {
        using var sent = _methods.WriteChunks.Rent();
        sent.Chunk = new ReadOnlySequence<byte>(message.Data.Memory);
        sent.Header = message.Clone();
        sent.Header.Data = ByteString.Empty;
        await call.RequestStream.WriteAsync(sent);
    }

    public async Task<QueryWriteStatusResponse> QueryAsync(string name)
    {
        using var call = calls.AsyncUnaryCall(
            ByteStreamMethods.QueryWriteStatus, null, Options, new QueryWriteStatusRequest { ResourceName = name });
        return await call.ResponseAsync;
    }

    /// <summary>The messages of a whole write.</summary>
    public static IEnumerable<WriteRequest> Pieces(string name, byte[] bytes, int piece = 64 * 1024)
    {
        for (var start = 0; start == 0 || start < bytes.Length; start += piece)
        {
            var length = Math.Min(piece, bytes.Length - start);
            yield return new WriteRequest
            {
                ResourceName = start == 0 ? name : "",
                WriteOffset = start,
                Data = ByteString.CopyFrom(bytes, start, length),
                FinishWrite = start + length == bytes.Length,
            };
        }
    }

    private AsyncServerStreamingCall<ChunkMessage<ReadResponse>> Call(ReadRequest request) =>
        calls.AsyncServerStreamingCall(_methods.Read, null, Options, request);
}
