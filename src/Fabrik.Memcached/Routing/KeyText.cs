using System.Text.Unicode;

namespace Fabrik.Memcached.Routing;

/// <summary>A key as bytes and, once somebody asks for them, as characters.</summary>
/// <param name="bytes">The key.</param>
/// <param name="buffer">Where characters go: at least as many as the key has bytes, or none are made.</param>
internal ref struct KeyText(ReadOnlySpan<byte> bytes, Span<char> buffer)
{
    private readonly Span<char> _buffer = buffer;
    private int _length = -1;

    /// <summary>The key.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>The key as text of UTF-8; what is none of it is U+FFFD.</summary>
    public ReadOnlySpan<char> Characters
    {
        get
        {
            if (_length < 0)
            {
                Utf8.ToUtf16(Bytes, _buffer, out _, out _length, replaceInvalidSequences: true);
            }

            return _buffer[.._length];
        }
    }
}
