using System.Buffers;

namespace Fabrik.Upstreams.Rpc;

/// <summary>
/// Messages on their way into a stream, in one rented array. It is rented for each message anew, so that a stream that
/// waits holds nothing; how large the last one was is remembered, so that a stream of equal messages copies none.
/// </summary>
internal sealed class RequestBuffer : IBufferWriter<byte>
{
    private const int MinRent = 4096;

    private byte[] _array = [];
    private int _count;
    private int _lastCount;

    public ReadOnlyMemory<byte> Written => _array.AsMemory(0, _count);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - _count);
        _count += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsMemory(_count);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsSpan(_count);
    }

    /// <summary>Gives the array back; another message may follow.</summary>
    public void Clear()
    {
        _lastCount = _count;
        Return();
    }

    private void Return()
    {
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = [];
        _count = 0;
    }

    private void Reserve(int room)
    {
        var needed = (long)_count + room;
        if (needed <= _array.Length)
        {
            return;
        }

        var size = Math.Max(Math.Max(needed, MinRent), _array.Length == 0 ? _lastCount : _array.Length * 2L);
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(size, Array.MaxLength));
        var count = _count;
        _array.AsSpan(0, count).CopyTo(larger);
        Return();
        _array = larger;
        _count = count;
    }
}
