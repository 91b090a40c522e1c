using System.Buffers.Text;

namespace Fabrik.Wire.Memcached;

/// <summary>Writes one thing after the other into a span that is large enough.</summary>
internal ref struct SpanWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What is left to write into.</summary>
    public readonly Span<byte> Rest => _destination[Length..];

    public void Add(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Rest);
        Length += bytes.Length;
    }

    public void Add(byte value) => _destination[Length++] = value;

    public void Add(ulong number)
    {
        if (!Utf8Formatter.TryFormat(number, Rest, out int written))
        {
            throw new ArgumentException("The destination is too small.", nameof(number));
        }

        Length += written;
    }

    public void Add(uint number) => Add((ulong)number);

    public void Add(long number)
    {
        if (number < 0)
        {
            Add((byte)'-');
            Add((ulong)-(number + 1) + 1);
            return;
        }

        Add((ulong)number);
    }
}
