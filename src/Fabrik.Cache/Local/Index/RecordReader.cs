using System.Buffers.Binary;
using System.Text;

namespace Fabrik.Cache.Local.Index;

/// <summary>Reads little-endian fields.</summary>
/// <exception cref="InvalidDataException">A field runs off the end.</exception>
internal ref struct RecordReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public byte U8() => Take(1)[0];

    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong U64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public long I64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <summary>A text behind its length in two bytes.</summary>
    public string Text() => Encoding.UTF8.GetString(Take(U16()));

    /// <summary>The version byte that a record begins with.</summary>
    public void Expect(byte version)
    {
        var found = U8();
        if (found != version)
        {
            throw new InvalidDataException($"a record has version {found}, expected {version}");
        }
    }

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
}
