using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Fabrik;
using Fabrik.Wire.Protos.Fabrik.V1;

namespace Fabrik.Server.Adapters.FabrikProtocol;

/// <summary>
/// Sends what is written to it as chunks. It holds a chunk at most, and waits while the receiver takes nothing. The
/// header goes with the first chunk, so that an artifact that cannot be read at all ends as a failure without any
/// message.
/// </summary>
/// <param name="stream">Where to.</param>
/// <param name="message">Is sent, and filled, again and again; the first time with its header.</param>
internal sealed class ChunkWriter(
    IServerStreamWriter<ChunkMessage<GetResponse>> stream, ChunkMessage<GetResponse> message) : PipeWriter, IDisposable
{
    /// <summary>Bytes of a chunk.</summary>
    public const int ChunkSize = FabrikContract.DefaultChunk;

    /// <summary>Less than this waits for more, or for the end: a message has a price of its own.</summary>
    private const int MinChunk = 16 * 1024;

    private byte[]? _buffer;
    private int _count;

    /// <summary>Bytes that were sent.</summary>
    public long Sent { get; private set; }

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _count;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        var needed = _count + Math.Max(sizeHint, 1);
        if (_buffer is null || _buffer.Length < needed)
        {
            Grow(needed);
        }

        return _buffer.AsMemory(_count);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes) => _count += bytes;

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_count >= MinChunk)
        {
            await SendBufferAsync(cancellationToken);
        }

        return default;
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (_count > 0 || source.Length < MinChunk)
        {
            source.CopyTo(GetMemory(source.Length));
            _count += source.Length;
            return await FlushAsync(cancellationToken);
        }

        await SendAsync(source, cancellationToken);
        return default;
    }

    /// <summary>Sends what is left; at least one message, for its header.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        if (_count > 0)
        {
            await SendBufferAsync(cancellationToken);
        }

        if (message.Header is not null)
        {
            await SendChunkAsync(default, cancellationToken);
        }
    }

    /// <summary>Sends bytes without a copy of its own. They must stay until this ends.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            var length = Math.Min(bytes.Length, ChunkSize);
            await SendChunkAsync(bytes[..length], cancellationToken);
            bytes = bytes[length..];
        }
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush()
    {
        // A flush ends with the receiver's answer or by its token.
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        // Whoever made this finishes it.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendBufferAsync(CancellationToken cancellationToken)
    {
        await SendAsync(_buffer.AsMemory(0, _count), cancellationToken);
        _count = 0;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendChunkAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken)
    {
        message.Chunk = new ReadOnlySequence<byte>(chunk);
        await stream.WriteAsync(message, cancellationToken);
        message.Header = null;
        message.Chunk = default;
        Sent += chunk.Length;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, ChunkSize));
        if (_buffer is { } buffer)
        {
            buffer.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _buffer = larger;
    }
}
