namespace Fabrik.Memcached.Buffers;

/// <summary>
/// What a connection has to send, in order: small pieces copied together, large ones where they are. It holds no memory
/// while it is empty.
/// </summary>
internal sealed class OutQueue(BlockPool pool)
{
    /// <summary>Bytes from which on a piece is held rather than copied.</summary>
    public const int LargePiece = 8 * 1024;

    /// <summary>Pieces that are sent by one call at most: those for which the runtime needs no memory.</summary>
    public const int MaxGathered = 8;

    private Segment[] _segments = new Segment[2];
    private int _head;
    private int _count;

    /// <summary>Bytes that wait.</summary>
    public int Length { get; private set; }

    /// <summary>Whether there is nothing to send.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The first bytes to send, as many as lie together.</summary>
    public ReadOnlyMemory<byte> First
    {
        get
        {
            ref var segment = ref _segments[_head];
            return segment.Block.Bytes.AsMemory(segment.Start, segment.End - segment.Start);
        }
    }

    /// <summary>Whether all of it lies together.</summary>
    public bool HasOnePiece => _count == 1;

    /// <summary>Room for a small piece, to be followed by <see cref="Commit"/>.</summary>
    /// <param name="size">How much is needed at most, up to <see cref="BlockPool.BlockSize"/>.</param>
    public Span<byte> Reserve(int size)
    {
        if (_count > 0)
        {
            ref var tail = ref At(_count - 1);
            if (tail.IsOwn && tail.Block.Bytes.Length - tail.End >= size)
            {
                return tail.Block.Bytes.AsSpan(tail.End);
            }
        }

        Push(new Segment { Block = pool.Rent(size), IsOwn = true });
        return At(_count - 1).Block.Bytes;
    }

    /// <summary>Says how much of the room was filled.</summary>
    public void Commit(int length)
    {
        At(_count - 1).End += length;
        Length += length;
    }

    /// <summary>Adds a copy.</summary>
    public void Append(ReadOnlySpan<byte> piece)
    {
        if (piece.Length > BlockPool.BlockSize)
        {
            Append(piece[..BlockPool.BlockSize]);
            Append(piece[BlockPool.BlockSize..]);
            return;
        }

        piece.CopyTo(Reserve(piece.Length));
        Commit(piece.Length);
    }

    /// <summary>Adds a piece of a block: held where it is when it is large.</summary>
    /// <param name="block">The block.</param>
    /// <param name="offset">Where it begins.</param>
    /// <param name="length">How long it is.</param>
    public void Append(Block block, int offset, int length)
    {
        if (length < LargePiece)
        {
            Append(block.Bytes.AsSpan(offset, length));
            return;
        }

        Push(new Segment { Block = block.Retain(), Start = offset, End = offset + length });
        Length += length;
    }

    /// <summary>Lists what is to be sent first, as many pieces as one call takes.</summary>
    /// <returns>How many bytes they are.</returns>
    public int Gather(List<ArraySegment<byte>> pieces)
    {
        pieces.Clear();
        var length = 0;
        for (var i = 0; i < _count && i < MaxGathered; i++)
        {
            ref var segment = ref At(i);
            pieces.Add(new ArraySegment<byte>(segment.Block.Bytes, segment.Start, segment.End - segment.Start));
            length += segment.End - segment.Start;
        }

        return length;
    }

    /// <summary>Takes bytes away that were sent.</summary>
    public void Consume(int length)
    {
        Length -= length;
        while (length > 0)
        {
            ref var segment = ref _segments[_head];
            var part = Math.Min(length, segment.End - segment.Start);
            segment.Start += part;
            length -= part;
            if (segment.Start == segment.End && (_count > 1 || Length == 0))
            {
                Pop();
            }
        }
    }

    /// <summary>Takes everything away.</summary>
    public void Clear()
    {
        while (_count > 0)
        {
            Pop();
        }

        Length = 0;
    }

    private ref Segment At(int index) => ref _segments[(_head + index) & (_segments.Length - 1)];

    private void Push(Segment segment)
    {
        if (_count == _segments.Length)
        {
            var larger = new Segment[_segments.Length * 2];
            for (var i = 0; i < _count; i++)
            {
                larger[i] = At(i);
            }

            (_segments, _head) = (larger, 0);
        }

        _count++;
        At(_count - 1) = segment;
    }

    private void Pop()
    {
        ref var segment = ref _segments[_head];
        segment.Block.Release();
        segment = default;
        _head = (_head + 1) & (_segments.Length - 1);
        _count--;
    }

    private struct Segment
    {
        public Block Block;
        public int Start;
        public int End;
        public bool IsOwn;
    }
}
