using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Fabrik.Wire.Protos.Fabrik;

namespace Fabrik.Server.Rpc.Chunks;

/// <summary>
/// Where the bytes of an artifact go, in pieces that are worth sending. It holds a chunk or two, and waits while
/// the receiver takes nothing.
/// </summary>
internal abstract class BodyWriter : PipeWriter, IDisposable
{
    /// <summary>Bytes of a chunk.</summary>
    public const int ChunkSize = FabrikContract.DefaultChunk;

    /// <summary>Less than this waits for more, or for the end: a message has a price of its own.</summary>
    private const int MinChunk = 16 * 1024;

    private byte[]? _buffer;
    private int _count;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _count;

    /// <summary>Sends bytes without a copy of its own. They must stay until this ends.</summary>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

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

    /// <summary>Sends what is left, and what says that there is no more.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        if (_count > 0)
        {
            await SendBufferAsync(cancellationToken);
        }

        await EndAsync(cancellationToken);
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
    public virtual void Dispose()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Says that there is no more; all bytes have been sent.</summary>
    protected abstract ValueTask EndAsync(CancellationToken cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendBufferAsync(CancellationToken cancellationToken)
    {
        await SendAsync(_buffer.AsMemory(0, _count), cancellationToken);
        _count = 0;
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
