using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Fabrik.Cache.Local.Index;

/// <summary>Writes little-endian fields.</summary>
internal readonly struct RecordWriter(ArrayBufferWriter<byte> buffer)
{
    public void U8(byte value) => buffer.Write([value]);

    public void U16(int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(buffer.GetSpan(2), checked((ushort)value));
        buffer.Advance(2);
    }

    public void U32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
    }

    public void U64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.GetSpan(8), value);
        buffer.Advance(8);
    }

    public void I64(long value) => U64((ulong)value);

    public void Bytes(ReadOnlySpan<byte> value) => buffer.Write(value);

    /// <summary>A text behind its length in two bytes.</summary>
    public void Text(ReadOnlySpan<char> value)
    {
        U16(Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, buffer);
    }
}
