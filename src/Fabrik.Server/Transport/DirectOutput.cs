using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Server.Transport;

/// <summary>
/// The output side of a connection, written straight to its socket: what Kestrel buffers between two flushes leaves in
/// one system call, announced bodies follow without being copied, and a flush ends when the kernel has taken all of it.
/// There is no second buffer and no task that drains it, so a slow client costs no memory here.
/// </summary>
/// <remarks>
/// Kestrel calls one method at a time (under its connection lock), and awaits a flush before it writes again. A broken
/// connection is reported as a completed flush, never as an exception: that is how Kestrel is told by its own
/// transport.
/// </remarks>
internal sealed class DirectOutput(Socket socket, PipeWriter inner, TakingPace? pace) : PipeWriter, IDirectBody
{
    /// <summary>Response headers fit in this; a larger write takes a larger buffer for one flush.</summary>
    private const int BufferSize = 4096;

    /// <summary>
    /// What is read from a file and sent by the socket's own asynchronous send when its buffer is full: awaiting that
    /// send is how writability is awaited. It is what a slow client costs, so it is small.
    /// </summary>
    private const int CatchUpSize = 4096;

    /// <summary>Of the kernel's cache of files: sendfile hands 16 of these at a time to the socket.</summary>
    private const int PageSize = 4096;

    private byte[] _buffer = [];
    private int _buffered;
    private SafeFileHandle? _file;
    private long _fileOffset;
    private ReadOnlyMemory<byte> _memory;
    private int _announced;
    private int _body;
    private bool _isBroken;
    private volatile bool _isCanceled;

    /// <summary>Bytes that the kernel took on this connection.</summary>
    private long _handed;

    // Kestrel may complete the writer while a flush waits for a slow client: the buffers are the flush's until it ends.
    private readonly Lock _completion = new();
    private bool _isFlushing;
    private bool _isCompleted;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _buffered + _body;

    /// <inheritdoc/>
    public void Announce(SafeFileHandle file, long offset, int count)
    {
        _file = file;
        _fileOffset = offset;
        _announced = count;
    }

    /// <inheritdoc/>
    public void Announce(ReadOnlyMemory<byte> bytes)
    {
        _file = null;
        _memory = bytes;
        _announced = bytes.Length;
    }

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        // After an announced body, more bytes would have to come behind it: Kestrel flushes first.
        if (_body > 0)
        {
            throw new InvalidOperationException("an announced body must be flushed before anything follows it");
        }

        var wanted = Math.Max(sizeHint, 1);
        if (_buffer.Length - _buffered < wanted)
        {
            Grow(_buffered + Math.Max(wanted, BufferSize));
        }

        return _buffer.AsMemory(_buffered);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        if (_announced > 0)
        {
            if (bytes != _announced)
            {
                throw new InvalidOperationException($"{_announced} bytes were announced, not {bytes}");
            }

            _body = bytes;
            _announced = 0;
            return;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)(_buffer.Length - _buffered), nameof(bytes));
        _buffered += bytes;
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush() => _isCanceled = true;

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_isBroken || _isCompleted)
        {
            Reset();
            return ValueTask.FromResult(new FlushResult(isCanceled: false, isCompleted: true));
        }

        // 1. What is buffered, and a body that is in memory, in one call. 2. A file by the kernel.
        var sent = 0;
        if (TrySend(ref sent))
        {
            Reset();
            return ValueTask.FromResult(Result());
        }

        // 3. The socket's buffer is full: the rest as the client takes it.
        lock (_completion)
        {
            _isFlushing = true;
            pace?.Begin(Taken());
        }

        return FlushRestAsync(sent, cancellationToken);
    }

    /// <summary>Whether a flush waits for a client that takes too little; asked every second or so.</summary>
    public bool IsTooSlow()
    {
        lock (_completion)
        {
            return _isFlushing && pace is not null && pace.IsTooSlow(Taken());
        }
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        lock (_completion)
        {
            _isCompleted = true;
            if (!_isFlushing)
            {
                Reset();
            }
        }

        // The connection's own transport watches this writer to shut the socket down.
        inner.Complete(exception);
    }

    /// <inheritdoc/>
    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        if (exception is null && UnflushedBytes > 0)
        {
            await FlushAsync();
        }

        Complete(exception);
    }

    // The kernel takes megabytes that a client has not seen yet; what it acknowledged is the difference.
    private long Taken() => Volatile.Read(ref _handed) - LinuxSocket.Unsent(socket.SafeHandle);

    private FlushResult Result()
    {
        var isCanceled = _isCanceled;
        _isCanceled = false;
        return new FlushResult(isCanceled, _isBroken);
    }

    private bool TrySend(ref int sent)
    {
        try
        {
            ReadToPage();
            return TrySendMemory(ref sent) && TrySendFile();
        }
        catch (Exception error) when (error is ObjectDisposedException or IOException)
        {
            // Kestrel aborted the connection, which another thread may do at any time; or the file cannot be read.
            _isBroken = true;
            return true;
        }
    }

    /// <summary>
    /// Puts what a part of a file has before its first whole page behind the headers: 64 KiB from within a page are 17
    /// pages, and those that sendfile takes in its second turn wake the client a second time, which costs more than all
    /// the rest.
    /// </summary>
    private void ReadToPage()
    {
        var within = (int)(_fileOffset % PageSize);
        if (_file is null || _body == 0 || within == 0)
        {
            return;
        }

        var wanted = Math.Min(PageSize - within, _body);
        if (_buffer.Length - _buffered < wanted)
        {
            Grow(_buffered + wanted);
        }

        // 0 is a file that is shorter than announced: sendfile meets that too.
        var count = RandomAccess.Read(_file, _buffer.AsSpan(_buffered, wanted), _fileOffset);
        _buffered += count;
        _fileOffset += count;
        _body -= count;
    }

    /// <summary>
    /// Sends from memory until done (true) or the socket is full (false); <paramref name="sent"/> counts.
    /// </summary>
    private bool TrySendMemory(ref int sent)
    {
        var total = _buffered + (_file is null ? _body : 0);
        while (sent < total && !_isBroken)
        {
            var first = sent < _buffered ? _buffer.AsSpan(sent, _buffered - sent) : default;
            var second = _file is null && _body > 0 ? _memory.Span[Math.Max(0, sent - _buffered)..] : default;
            var taken = first.IsEmpty
                ? LinuxSocket.Send(socket.SafeHandle, second, default, more: false)
                : LinuxSocket.Send(socket.SafeHandle, first, second, more: _file is not null && _body > 0);
            if (taken == -LinuxSocket.WouldBlock)
            {
                return false;
            }

            if (taken >= 0)
            {
                sent += (int)taken;
                _handed += taken;
            }
            else if (taken != -LinuxSocket.Interrupted)
            {
                _isBroken = true;
            }
        }

        return true;
    }

    /// <summary>Sends the file's part until done (true) or the socket is full (false).</summary>
    private bool TrySendFile()
    {
        while (_file is not null && _body > 0 && !_isBroken)
        {
            var taken = LinuxSocket.SendFile(socket.SafeHandle, _file, _fileOffset, _body);
            if (taken == -LinuxSocket.WouldBlock)
            {
                return false;
            }

            if (taken > 0)
            {
                _fileOffset += taken;
                _body -= (int)taken;
                _handed += taken;
            }
            else if (taken != -LinuxSocket.Interrupted)
            {
                // 0 is a file that is shorter than announced: the length was promised, so the connection ends.
                _isBroken = true;
            }
        }

        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> FlushRestAsync(int sent, CancellationToken cancellationToken)
    {
        try
        {
            if (sent < _buffered)
            {
                await SendAllAsync(_buffer.AsMemory(sent, _buffered - sent), cancellationToken);
                sent = _buffered;
            }

            if (_file is null)
            {
                await SendAllAsync(_memory[(sent - _buffered)..], cancellationToken);
            }
            else
            {
                await SendFileRestAsync(cancellationToken);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or IOException)
        {
            _isBroken = true;
        }
        catch (OperationCanceledException)
        {
            // Half of what was promised is out: nothing sensible can follow on this connection.
            _isBroken = true;
            throw;
        }
        finally
        {
            lock (_completion)
            {
                _isFlushing = false;
                Reset();
            }
        }

        return Result();
    }

    private async ValueTask SendFileRestAsync(CancellationToken cancellationToken)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(CatchUpSize);
        try
        {
            while (!TrySendFile())
            {
                var count = RandomAccess.Read(_file!, chunk.AsSpan(0, Math.Min(CatchUpSize, _body)), _fileOffset);
                if (count == 0)
                {
                    _isBroken = true;
                    return;
                }

                await SendAllAsync(chunk.AsMemory(0, count), cancellationToken);
                _fileOffset += count;
                _body -= count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private async ValueTask SendAllAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            var sent = await socket.SendAsync(bytes, SocketFlags.None, cancellationToken);
            bytes = bytes[sent..];
            _handed += sent;
        }
    }

    private void Grow(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(0, _buffered).CopyTo(larger);
        ReturnBuffer();
        _buffer = larger;
    }

    /// <summary>Forgets what was to be sent; an idle connection holds no buffer.</summary>
    private void Reset()
    {
        _buffered = 0;
        _body = 0;
        _announced = 0;
        _file = null;
        _memory = default;
        ReturnBuffer();
    }

    private void ReturnBuffer()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }
}
