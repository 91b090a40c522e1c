using System.Buffers;

namespace Fabrik.Wire.Grpc;

/// <summary>Bytes in one rented array that grows up to a limit.</summary>
internal sealed class PooledBuffer(int maxSize) : Stream, IBufferWriter<byte>
{
    private const int MinRent = 4096;

    private byte[] _array = [];
    private int _count;

    public ReadOnlySpan<byte> WrittenSpan => _array.AsSpan(0, _count);

    public ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, _count);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _count;

    public override long Position
    {
        get => _count;
        set => throw new NotSupportedException();
    }

    public void Clear() => _count = 0;

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - _count);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _count += count;
        if (_count > maxSize)
        {
            throw MessageErrors.TooLargeToSend(_count, maxSize);
        }
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsMemory(_count);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Reserve(buffer.Length);
        buffer.CopyTo(_array.AsSpan(_count));
        Advance(buffer.Length);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Return(_array);
        _array = [];
        _count = 0;
        base.Dispose(disposing);
    }

    // What is above the limit is noticed in Advance; a writer may ask for more room than it will use.
    private void Reserve(int room)
    {
        var needed = (long)_count + room;
        if (needed <= _array.Length)
        {
            return;
        }

        var size = Math.Max(needed, Math.Max(MinRent, _array.Length * 2L));
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, size));
        WrittenSpan.CopyTo(larger);
        Return(_array);
        _array = larger;
    }

    private static void Return(byte[] array)
    {
        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
