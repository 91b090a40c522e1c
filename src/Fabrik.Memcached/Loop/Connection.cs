using Fabrik.Memcached.Buffers;

namespace Fabrik.Memcached.Loop;

/// <summary>
/// What clients and servers have in common: bytes come in and are parsed where they lie, and what goes out is gathered
/// and sent once in a turn.
/// </summary>
internal abstract class Connection(EventLoop loop) : IFlushable
{
    private IChannel? _channel;
    private Block? _rest;
    private int _start;
    private int _end;
    private int _handle = -1;
    private PollInterest _interest;
    private bool _isReading;

    /// <inheritdoc/>
    public bool IsDirty { get; set; }

    /// <inheritdoc/>
    public virtual bool CanWait => false;

    /// <summary>Whether it has ended.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Bytes that wait to be sent.</summary>
    public int Unsent => Out.Length;

    /// <summary>The loop that it belongs to.</summary>
    protected EventLoop Loop => loop;

    /// <summary>The socket that it has.</summary>
    protected System.Net.Sockets.Socket? Socket => _channel?.Socket;

    /// <summary>What waits to be sent.</summary>
    protected OutQueue Out { get; } = new(loop.Blocks);

    /// <summary>Whether anything waits to be sent, here or in the channel.</summary>
    protected bool HasUnsent => !Out.IsEmpty || _channel is { HasUnsent: true };

    /// <summary>
    /// How long the message is that is not whole yet, in bytes; 0 where that is not known. <see cref="Consume"/> sets
    /// it.
    /// </summary>
    protected int Needed { get; set; }

    /// <inheritdoc/>
    public virtual void OnReady(PollInterest ready)
    {
        if (ready.HasFlag(PollInterest.Write))
        {
            Flush();
        }

        if (ready.HasFlag(PollInterest.Read) && !IsClosed)
        {
            Receive();
        }
    }

    /// <inheritdoc/>
    public abstract void OnFault(Exception exception);

    /// <inheritdoc/>
    public void Flush()
    {
        if (IsClosed || !PrepareFlush())
        {
            return;
        }

        if (!_channel!.Push())
        {
            OnEnd(isBroken: true);
            return;
        }

        while (!Out.IsEmpty)
        {
            var sent = Send(out var offered);
            if (sent == IChannel.Broken)
            {
                OnEnd(isBroken: true);
                return;
            }

            if (sent > 0)
            {
                Out.Consume(sent);
                OnSent(sent);
            }

            if (sent < offered)
            {
                break;
            }
        }

        WaitFor(PollInterest.Write, _channel.HasUnsent);
        OnFlushed();
        if (!IsClosed && _isReading && _channel.HasReceived)
        {
            // It was left when reading stopped, and the socket does not tell of it again.
            Receive();
        }
    }

    /// <summary>Ends it, and lets go of what it holds.</summary>
    protected virtual void Close()
    {
        if (IsClosed)
        {
            return;
        }

        IsClosed = true;
        if (_channel is not null)
        {
            loop.Poller.Remove(_handle);
            _channel.Dispose();
        }

        Out.Clear();
        DropRest();
    }

    /// <summary>Begins with a socket, which is closed where it cannot be watched.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The system watches no more sockets.</exception>
    protected void Open(IChannel channel, PollInterest interest)
    {
        try
        {
            _handle = loop.Poller.Add(channel.Socket, this, interest);
        }
        catch
        {
            channel.Dispose();
            throw;
        }

        _channel = channel;
        _interest = interest;
        _isReading = interest.HasFlag(PollInterest.Read);
    }

    /// <summary>Parses what has come.</summary>
    /// <returns>How many bytes are done with; what is left is offered again, with more behind it.</returns>
    protected abstract int Consume(Block block, int offset, int length);

    /// <summary>Bytes have come.</summary>
    /// <param name="count">How many, or why there are none.</param>
    protected virtual void OnReceived(int count)
    {
    }

    /// <summary>Bytes have left.</summary>
    protected virtual void OnSent(int count)
    {
    }

    /// <summary>The other side has sent its last byte, or is gone.</summary>
    protected abstract void OnEnd(bool isBroken);

    /// <summary>Adds what is to be sent in this turn.</summary>
    /// <returns>False when nothing can be sent yet.</returns>
    protected virtual bool PrepareFlush() => true;

    /// <summary>What could be sent was sent.</summary>
    protected virtual void OnFlushed()
    {
    }

    /// <summary>Stops or begins to read.</summary>
    protected void Read(bool isReading)
    {
        _isReading = isReading;
        WaitFor(PollInterest.Read, isReading);
    }

    /// <summary>Parses what was left when parsing stopped, for as long as reading is not stopped.</summary>
    protected void ConsumeRest()
    {
        if (_rest is { } rest && !IsClosed)
        {
            Advance(rest);
        }
    }

    private int Send(out int offered)
    {
        if (Out.HasOnePiece)
        {
            var first = Out.First;
            offered = first.Length;
            return _channel!.Send(first);
        }

        offered = Out.Gather(loop.Pieces);
        return _channel!.Send(loop.Pieces);
    }

    private void Receive()
    {
        do
        {
            if (!_isReading)
            {
                // Only what has ended is ready for what was not waited for.
                OnEnd(isBroken: true);
                return;
            }

            var count = _rest is null ? ReceiveIntoArena() : ReceiveBehindRest();
            OnReceived(count);
            if (count is 0 or IChannel.Broken)
            {
                // Who ends when all is sent hears of it when there is room for it.
                WaitForUnsent();
                OnEnd(count != 0);
                return;
            }
        }
        while (!IsClosed && _isReading && _channel!.HasReceived);

        WaitForUnsent();
    }

    private int ReceiveIntoArena()
    {
        var arena = loop.Arena;
        var count = _channel!.Receive(arena.Room());
        if (count <= 0)
        {
            return count;
        }

        var (block, offset) = (arena.Block, arena.Offset);
        arena.Take(count);
        Needed = 0;
        var consumed = Consume(block, offset, count);
        if (consumed < count && !IsClosed)
        {
            Keep(block, offset + consumed, count - consumed);
        }

        return count;
    }

    private int ReceiveBehindRest()
    {
        MakeRoom();
        var rest = _rest!;
        var isLarge = Needed > BlockPool.BlockSize;
        var limit = isLarge ? Math.Min(_start + Needed, rest.Bytes.Length) : rest.Bytes.Length;
        var count = _channel!.Receive(rest.Bytes.AsMemory(_end, limit - _end));
        if (count > 0)
        {
            _end += count;
            Advance(rest);
        }

        return count;
    }

    private void Advance(Block rest)
    {
        Needed = 0;
        _start += Consume(rest, _start, _end - _start);
        if (IsClosed || _start == _end)
        {
            DropRest();
        }
    }

    private void MakeRoom()
    {
        var size = _rest!.Bytes.Length;
        var fits = _start + Needed <= size;
        var isCramped = size - _end < ReceiveArena.MinimumRoom;
        var isToMove = Needed switch
        {
            0 => isCramped,
            > BlockPool.BlockSize => !fits && (isCramped || _end - _start >= ReceiveArena.MinimumRoom),
            _ => !fits,
        };
        if (isToMove)
        {
            var old = _rest;
            Keep(old, _start, _end - _start);
            old.Release();
        }
    }

    private void Keep(Block block, int offset, int length)
    {
        // The memory that a large value needs is taken when some of it has come, not when it is announced.
        var isLarge = Needed > BlockPool.BlockSize && length >= ReceiveArena.MinimumRoom;
        var size = isLarge ? Needed : length + ReceiveArena.MinimumRoom;
        _rest = loop.Blocks.Rent(Math.Max(size, BlockPool.BlockSize));
        block.Bytes.AsSpan(offset, length).CopyTo(_rest.Bytes);
        (_start, _end) = (0, length);
    }

    private void DropRest()
    {
        _rest?.Release();
        _rest = null;
        (_start, _end) = (0, 0);
    }

    private void WaitForUnsent()
    {
        if (!IsClosed && _channel!.HasUnsent)
        {
            WaitFor(PollInterest.Write, true);
        }
    }

    private void WaitFor(PollInterest what, bool isWaiting)
    {
        var interest = isWaiting ? _interest | what : _interest & ~what;
        if (interest != _interest && !IsClosed)
        {
            _interest = interest;
            loop.Poller.Change(_handle, interest);
        }
    }
}
