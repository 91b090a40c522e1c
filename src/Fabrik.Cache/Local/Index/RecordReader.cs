using System.Buffers.Binary;
using System.Text;

namespace Fabrik.Cache.Local.Index;

/// <summary>Reads little-endian fields; running off the end is a damaged record.</summary>
internal ref struct RecordReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public byte U8() => Take(1)[0];

    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong U64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public long I64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public string Text(int length) => Encoding.UTF8.GetString(Take(length));

    public ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            throw new InvalidDataException("a record of the index is shorter than its fields");
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    public readonly ReadOnlySpan<byte> Rest => _rest;
}
