using System.Buffers.Binary;

namespace Fabrik.Cache.Local.Index;

/// <summary>
/// The value of the <c>access</c> family: when an entry was last used, and how often (docs/formats/store.md).
/// </summary>
/// <param name="LastAccess">Unix seconds, to the year 2106.</param>
/// <param name="Frequency">A count that decays, 0 to 15.</param>
internal readonly record struct AccessRecord(uint LastAccess, byte Frequency)
{
    /// <summary>Bytes of a record.</summary>
    public const int Length = sizeof(uint) + 1;

    /// <summary>Reads a record; all zeros when the bytes are none.</summary>
    public static AccessRecord Read(ReadOnlySpan<byte> bytes) => bytes.Length < Length
        ? default
        : new AccessRecord(BinaryPrimitives.ReadUInt32LittleEndian(bytes), bytes[sizeof(uint)]);

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, LastAccess);
        destination[sizeof(uint)] = Frequency;
    }
}
