using System.Threading.Tasks.Sources;
using Fabrik.Memcached.Buffers;

namespace Fabrik.Memcached.Loop;

/// <summary>
/// What <see cref="System.Net.Security.SslStream"/> reads from and writes to: memory that the loop fills from a socket
/// and empties into it. Whoever reads goes on within <see cref="Resume"/>, on the loop's thread.
/// </summary>
internal sealed class TlsPipe(BlockPool pool) : Stream, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _reading;
    private Memory<byte> _room;
    private bool _isReading;
    private Block? _received;
    private int _start;
    private int _end;

    /// <summary>What is to be sent.</summary>
    public OutQueue Unsent { get; } = new(pool);

    /// <summary>Whether all that was received was read.</summary>
    public bool IsEmpty => _start == _end;

    /// <summary>Whether nothing more is received.</summary>
    public bool IsEnded { get; set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Room to receive into, while it <see cref="IsEmpty"/>.</summary>
    public Memory<byte> Room()
    {
        _received ??= pool.Rent();
        (_start, _end) = (0, 0);
        return _received.Bytes;
    }

    /// <summary>Says how much of the room was filled.</summary>
    public void Take(int length)
    {
        _end = length;
        LetGoWhenEmpty();
    }

    /// <summary>Gives what was received to whoever waits for it.</summary>
    public void Resume()
    {
        if (_isReading && (!IsEmpty || IsEnded))
        {
            _isReading = false;
            var count = CopyTo(_room.Span);
            _room = default;
            _reading.SetResult(count);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!IsEmpty || IsEnded)
        {
            return new ValueTask<int>(CopyTo(buffer.Span));
        }

        _reading.Reset();
        _room = buffer;
        _isReading = true;
        return new ValueTask<int>(this, _reading.Version);
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Unsent.Append(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Unsent.Append(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    int IValueTaskSource<int>.GetResult(short token) => _reading.GetResult(token);

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _reading.GetStatus(token);

    /// <inheritdoc/>
    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags) => _reading.OnCompleted(continuation, state, token, flags);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Unsent.Clear();
            _start = _end;
            LetGoWhenEmpty();
        }

        base.Dispose(disposing);
    }

    private int CopyTo(Span<byte> room)
    {
        var count = Math.Min(room.Length, _end - _start);
        if (count > 0)
        {
            _received!.Bytes.AsSpan(_start, count).CopyTo(room);
            _start += count;
            LetGoWhenEmpty();
        }

        return count;
    }

    private void LetGoWhenEmpty()
    {
        if (IsEmpty)
        {
            _received?.Release();
            _received = null;
            (_start, _end) = (0, 0);
        }
    }
}
