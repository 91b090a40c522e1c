using System.Buffers;
using System.Text;

namespace Fabrik.Wire.S3.Signing;

/// <summary>Bytes that grow on the stack first, and in a rented array then: what is hashed and signed.</summary>
internal ref struct CanonicalBuffer(Span<byte> initial)
{
    private static readonly SearchValues<byte> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"u8);

    private Span<byte> _bytes = initial;
    private byte[]? _rented;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _bytes[..Length];

    public void Append(byte value) => Reserve(1)[0] = value;

    public void Append(scoped ReadOnlySpan<byte> value) => value.CopyTo(Reserve(value.Length));

    public void Append(scoped ReadOnlySpan<char> text) =>
        Encoding.UTF8.GetBytes(text, Reserve(Encoding.UTF8.GetByteCount(text)));

    public void AppendHex(scoped ReadOnlySpan<byte> value) =>
        Convert.TryToHexStringLower(value, Reserve(value.Length * 2), out _);

    /// <summary>Appends a byte as the signature's <c>UriEncode</c> writes it.</summary>
    public void AppendEncoded(byte value, bool keepSlash)
    {
        if (Unreserved.Contains(value) || (keepSlash && value == '/'))
        {
            Append(value);
            return;
        }

        var escape = Reserve(3);
        escape[0] = (byte)'%';
        escape[1] = "0123456789ABCDEF"u8[value >> 4];
        escape[2] = "0123456789ABCDEF"u8[value & 15];
    }

    public void AppendEncoded(scoped ReadOnlySpan<byte> value, bool keepSlash)
    {
        foreach (var one in value)
        {
            AppendEncoded(one, keepSlash);
        }
    }

    /// <summary>Takes bytes back from the end, or forgets all of them.</summary>
    public void Truncate(int length) => Length = length;

    public readonly void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented, clearArray: true);
        }
    }

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, Length + count));
            Written.CopyTo(larger);
            Dispose();
            _rented = larger;
            _bytes = larger;
        }

        var reserved = _bytes.Slice(Length, count);
        Length += count;
        return reserved;
    }
}
