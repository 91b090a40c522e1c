using System.Buffers.Text;

namespace Fabrik.Memcached.Destinations.Rewriting;

/// <summary>Writes a message into memory that is large enough for it.</summary>
internal ref struct MessageWriter(Span<byte> target)
{
    private readonly Span<byte> _target = target;

    /// <summary>Bytes that were written.</summary>
    public int Length { get; private set; }

    /// <summary>Writes bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_target[Length..]);
        Length += bytes.Length;
    }

    /// <summary>Writes a number in decimal digits.</summary>
    public void Write(long number)
    {
        _ = Utf8Formatter.TryFormat(number, _target[Length..], out var written);
        Length += written;
    }
}
