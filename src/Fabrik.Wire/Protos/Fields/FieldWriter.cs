using System.Buffers;
using Google.Protobuf;

namespace Fabrik.Wire.Protos.Fields;

/// <summary>Writes fields whose bytes are there already.</summary>
internal static class FieldWriter
{
    private const int MaxHead = 2 * sizeof(ulong);
    private const int Delimited = 2;

    /// <summary>Bytes that a field takes; its number is at most 15, so that its tag is one byte.</summary>
    public static int SizeOf(int length) => 1 + CodedOutputStream.ComputeLengthSize(length) + length;

    /// <summary>Writes a field.</summary>
    public static void Write(IBufferWriter<byte> output, int field, ReadOnlySpan<byte> bytes)
    {
        WriteHead(output, field, bytes.Length);
        output.Write(bytes);
    }

    /// <summary>Writes what is in front of a field's bytes.</summary>
    public static void WriteHead(IBufferWriter<byte> output, int field, int length)
    {
        var head = output.GetSpan(MaxHead);
        head[0] = (byte)((field << 3) | Delimited);
        var count = 1;
        var rest = (uint)length;
        for (; rest >= 0x80; rest >>= 7)
        {
            head[count++] = (byte)(rest | 0x80);
        }

        head[count++] = (byte)rest;
        output.Advance(count);
    }
}
