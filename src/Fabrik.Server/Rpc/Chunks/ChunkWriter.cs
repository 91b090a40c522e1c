using System.Buffers;
using System.Runtime.CompilerServices;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Chunks;
using Google.Protobuf;

namespace Fabrik.Server.Rpc.Chunks;

/// <summary>
/// Sends what is written to it as messages with chunks. The header goes with the first chunk, so that an artifact that
/// cannot be read at all ends as a failure without any message.
/// </summary>
/// <typeparam name="THeader">The message without its chunk.</typeparam>
/// <param name="stream">Where to.</param>
/// <param name="message">Is sent, and filled, again and again; the first time with its header, if it has one.</param>
internal sealed class ChunkWriter<THeader>(
    IServerStreamWriter<ChunkMessage<THeader>> stream, ChunkMessage<THeader> message) : BodyWriter
    where THeader : class, IMessage<THeader>, new()
{
    /// <summary>Bytes that were sent.</summary>
    public long Sent { get; private set; }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            var length = Math.Min(bytes.Length, ChunkSize);
            await SendChunkAsync(bytes[..length], cancellationToken);
            bytes = bytes[length..];
        }
    }

    /// <inheritdoc/>
    protected override ValueTask EndAsync(CancellationToken cancellationToken) =>
        message.Header is null ? ValueTask.CompletedTask : SendChunkAsync(default, cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendChunkAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken)
    {
        message.Chunk = new ReadOnlySequence<byte>(chunk);
        await stream.WriteAsync(message, cancellationToken);
        message.Header = null;
        message.Chunk = default;
        Sent += chunk.Length;
    }
}
