using System.Buffers;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Google.Bytestream;

namespace Fabrik.BazelBench;

/// <summary>ByteStream, in chunks of 64 KiB upwards; downwards the server decides.</summary>
internal sealed class RpcBlobs(Uri server) : IBlobClient
{
    private const int ChunkSize = 64 * 1024;

    private readonly ByteStreamMethods _methods = new();
    private readonly RpcConnections _connections = new(server);

    public async Task WriteAsync(int worker, BlobDigest digest, byte[] content)
    {
        using var call = _connections.Of(worker)
            .AsyncClientStreamingCall(_methods.Write, host: null, new CallOptions());
        for (var at = 0; at < content.Length; at += ChunkSize)
        {
            var length = Math.Min(ChunkSize, content.Length - at);
            using var message = _methods.WriteChunks.Rent();
            message.Header = new WriteRequest
            {
                ResourceName = at == 0 ? $"uploads/{Guid.NewGuid()}/blobs/{digest}" : "",
                WriteOffset = at,
                FinishWrite = at + length == content.Length,
            };
            message.Chunk = new ReadOnlySequence<byte>(content, at, length);
            await call.RequestStream.WriteAsync(message);
        }

        await call.RequestStream.CompleteAsync();
        var answer = await call.ResponseAsync;
        if (answer.CommittedSize != content.Length)
        {
            throw new InvalidOperationException($"{answer.CommittedSize} bytes of the blob {digest} were stored");
        }
    }

    public async Task<long> ReadAsync(int worker, BlobDigest digest)
    {
        ReadRequest request = new() { ResourceName = $"blobs/{digest}" };
        using var call = _connections.Of(worker)
            .AsyncServerStreamingCall(_methods.Read, host: null, new CallOptions(), request);
        var size = 0L;
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            using var message = call.ResponseStream.Current;
            size += message.Chunk.Length;
        }

        return size;
    }

    public void Dispose() => _connections.Dispose();
}
