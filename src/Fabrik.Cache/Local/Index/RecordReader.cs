using System.Buffers.Binary;
using System.Text;

namespace Fabrik.Cache.Local.Index;

/// <summary>
/// Reads little-endian fields. One that runs off the end is zero or empty, and <see cref="HasFailed"/> says so at last.
/// </summary>
internal ref struct RecordReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether a field was missing.</summary>
    public bool HasFailed { get; private set; }

    public byte U8() => Take(1) is [var value] ? value : (byte)0;

    public ushort U16() => Take(2) is { Length: 2 } field ? BinaryPrimitives.ReadUInt16LittleEndian(field) : (ushort)0;

    public uint U32() => Take(4) is { Length: 4 } field ? BinaryPrimitives.ReadUInt32LittleEndian(field) : 0;

    public ulong U64() => Take(8) is { Length: 8 } field ? BinaryPrimitives.ReadUInt64LittleEndian(field) : 0;

    public long I64() => (long)U64();

    /// <summary>A text behind its length in two bytes.</summary>
    public string Text() => Encoding.UTF8.GetString(TextBytes());

    /// <summary>The bytes of such a text.</summary>
    public ReadOnlySpan<byte> TextBytes() => Take(U16());

    /// <summary>So many bytes, or none when there are fewer.</summary>
    public ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            HasFailed = true;
            return [];
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
