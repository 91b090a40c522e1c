using System.Buffers;

namespace Fabrik.Cache.Layers.Reading;

/// <summary>
/// The bytes of a window: pooled segments, filled at the end and dropped at the start. Not thread-safe: the window's
/// lock guards it, but for the segment that is being filled, which is its writer's.
/// </summary>
internal sealed class WindowBuffer(WindowMemory memory)
{
    private readonly List<Segment> _segments = [];

    /// <summary>Offset of the first byte that is still here.</summary>
    public long Start { get; private set; }

    /// <summary>Offset behind the last byte that came.</summary>
    public long End { get; private set; }

    public int Count => _segments.Count;

    /// <summary>Whether the last segment was taken although the memory of all windows is used up.</summary>
    public bool IsTight { get; private set; }

    /// <summary>Offset behind the oldest segment.</summary>
    public long OldestEnd => _segments.Count == 0 ? End : _segments[0].Start + _segments[0].Length;

    /// <summary>Room at the end, of the last segment; empty when it needs a new one.</summary>
    public Memory<byte> Room(int least)
    {
        if (_segments.Count == 0)
        {
            return default;
        }

        var last = _segments[^1];
        var room = last.Buffer[last.Length..];
        return last.IsSealed || room.Length < Math.Max(least, 1) ? default : room;
    }

    /// <summary>A new segment; empty if the memory of all windows is used up, unless that does not matter.</summary>
    public Memory<byte> Add(int size, bool mayOverdraw)
    {
        var isCharged = memory.TryCharge(size);
        IsTight = !isCharged;
        if (!isCharged && !mayOverdraw)
        {
            return default;
        }

        var buffer = size == Window.SegmentSize ? memory.Segments.Rent() : MemoryPool<byte>.Shared.Rent(size);
        var segment = new Segment(buffer, End, size) { IsCharged = isCharged };
        memory.Hold(size);
        _segments.Add(segment);
        return segment.Buffer;
    }

    /// <summary>
    /// Makes bytes that were written to the room visible; gives them back for whoever looks at each once.
    /// </summary>
    public ReadOnlyMemory<byte> Commit(int count)
    {
        var last = _segments[^1];
        var bytes = last.Buffer.Slice(last.Length, count);
        last.Length += count;
        End += count;
        return bytes;
    }

    /// <summary>Copies what is there of [offset, end) up to the end of a segment.</summary>
    public int Copy(long offset, long end, Span<byte> destination)
    {
        var segment = _segments[Find(offset)];
        var bytes = segment.Buffer.Span[(int)(offset - segment.Start)..segment.Length];
        var count = (int)Math.Min(Math.Min(bytes.Length, destination.Length), end - offset);
        bytes[..count].CopyTo(destination);
        return count;
    }

    /// <summary>
    /// Leaves the last segment as it is, and out of the pool: a transfer that failed may still write to its end.
    /// </summary>
    public void Seal()
    {
        if (_segments.Count > 0)
        {
            _segments[^1].IsSealed = true;
        }
    }

    public void DropOldest()
    {
        var segment = _segments[0];
        _segments.RemoveAt(0);
        Start = segment.Start + segment.Length;
        Release(segment);
    }

    /// <summary>Drops everything; what comes next begins at an offset.</summary>
    public void Clear(long offset)
    {
        _segments.ForEach(Release);
        _segments.Clear();
        Start = End = offset;
    }

    /// <summary>Counts every segment towards the memory of all windows; false if that has no room for them.</summary>
    public bool TryChargeAll()
    {
        foreach (var segment in _segments)
        {
            segment.IsCharged = segment.IsCharged || memory.TryCharge(segment.Size);
            if (!segment.IsCharged)
            {
                return false;
            }
        }

        return true;
    }

    private int Find(long offset)
    {
        var (low, high) = (0, _segments.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _segments[middle].Start <= offset ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    private void Release(Segment segment)
    {
        memory.Hold(-segment.Size);
        if (segment.IsCharged)
        {
            memory.Uncharge(segment.Size);
        }

        if (!segment.IsSealed)
        {
            segment.Dispose();
        }
    }

    private sealed class Segment(IMemoryOwner<byte> owner, long start, int size) : IDisposable
    {
        public Memory<byte> Buffer { get; } = owner.Memory;

        public long Start => start;

        /// <summary>Bytes that it counts as.</summary>
        public int Size => size;

        public int Length { get; set; }

        public bool IsCharged { get; set; }

        public bool IsSealed { get; set; }

        public void Dispose() => owner.Dispose();
    }
}
