using System.Buffers;
using System.IO.Pipelines;

namespace Fabrik.Cache.Resilience.Transfers;

/// <summary>
/// What a tier writes a body to: hands it on to the client's writer, until the transfer is given up. The tier is never
/// given the client's memory: one that goes on after it was given up would write into memory that has another use by
/// then. What it hands over itself is passed on without another copy.
/// </summary>
internal sealed class SeverableWriter(PipeWriter destination, TransferWatch watch, CancellationToken cancellationToken)
    : PipeWriter
{
    private const int BufferSize = 64 * 1024;
    private byte[] _buffer = [];
    private int _filled;
    private bool _isDestinationCompleted;

    /// <summary>An exception of the client's writer: not the upstream's fault, and not swallowed.</summary>
    public Exception? DestinationFault { get; private set; }

    /// <summary>Whether the client's side reads no more, or has failed.</summary>
    public bool IsDestinationOver => _isDestinationCompleted || DestinationFault is not null;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _filled;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(Math.Max(1, sizeHint));
        return _buffer.AsMemory(_filled);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)(_buffer.Length - _filled), nameof(bytes));
        _filled += bytes;
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        var filled = _filled;
        _filled = 0;
        return PassAsync(_buffer.AsMemory(0, filled));
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (_filled > 0)
        {
            Spill();
        }

        return PassAsync(source);
    }

    /// <summary>The client's writer is the client's.</summary>
    public override void CancelPendingFlush()
    {
    }

    /// <summary>The client's writer is the client's.</summary>
    public override void Complete(Exception? exception = null)
    {
    }

    /// <summary>Gives the buffer back; only once the tier has ended.</summary>
    public void Release()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            _filled = 0;
        }
    }

    private void MakeRoom(int size)
    {
        if (_buffer.Length - _filled >= size)
        {
            return;
        }

        if (_filled > 0)
        {
            Spill();
        }

        if (_buffer.Length < size)
        {
            Release();
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(size, BufferSize));
        }
    }

    private void Spill()
    {
        Touch();
        try
        {
            destination.Write(_buffer.AsSpan(0, _filled));
        }
        catch (Exception fault)
        {
            DestinationFault = fault;
            throw;
        }
        finally
        {
            watch.Resume(_filled);
            _filled = 0;
        }
    }

    private ValueTask<FlushResult> PassAsync(ReadOnlyMemory<byte> source)
    {
        Touch();
        ValueTask<FlushResult> writing;
        try
        {
            // With the transfer's own token: the end of the transfer must end this, whatever token the tier uses.
            writing = source.IsEmpty
                ? destination.FlushAsync(cancellationToken)
                : destination.WriteAsync(source, cancellationToken);
        }
        catch (Exception fault)
        {
            writing = ValueTask.FromException<FlushResult>(fault);
        }

        if (!writing.IsCompletedSuccessfully)
        {
            return AwaitAsync(writing, source.Length);
        }

        var flushed = writing.Result;
        _isDestinationCompleted |= flushed.IsCompleted;
        watch.Resume(source.Length);
        return new ValueTask<FlushResult>(flushed);
    }

    private async ValueTask<FlushResult> AwaitAsync(ValueTask<FlushResult> writing, int bytes)
    {
        try
        {
            var flushed = await writing;
            _isDestinationCompleted |= flushed.IsCompleted;
            return flushed;
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            DestinationFault = fault;
            throw;
        }
        finally
        {
            watch.Resume(bytes);
        }
    }

    private void Touch()
    {
        if (!watch.TryPause())
        {
            throw new OperationCanceledException("the transfer was given up", cancellationToken);
        }
    }
}
