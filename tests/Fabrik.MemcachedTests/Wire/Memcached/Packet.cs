using System.Text;
using Fabrik.Wire.Memcached;

namespace Fabrik.MemcachedTests.Wire.Memcached;

/// <summary>A binary request; extras and value in hexadecimal.</summary>
public sealed record Packet(byte Opcode, string Extras, string Key, string Value = "", ulong Unique = 0)
{
    /// <summary>The length that the header tells; 0 for the right one.</summary>
    public uint Body { get; init; }

    /// <summary>Whether it is one of a server.</summary>
    public BinaryStatus? Status { get; init; }

    /// <summary>What the answer is told by.</summary>
    public uint Opaque { get; init; } = 7;

    public byte[] ToBytes()
    {
        byte[] body =
            [.. Convert.FromHexString(Extras), .. Encoding.ASCII.GetBytes(Key), .. Convert.FromHexString(Value)];
        var bytes = new byte[BinaryHeader.Size + body.Length];
        var header = new BinaryHeader
        {
            Magic = Status is null ? BinaryHeader.Request : BinaryHeader.Response,
            Opcode = Opcode,
            Status = Status ?? BinaryStatus.Success,
            ExtrasLength = (byte)(Extras.Length / 2),
            KeyLength = (ushort)Key.Length,
            BodyLength = Body == 0 ? (uint)body.Length : Body,
            Opaque = Opaque,
            Unique = Unique,
        };
        header.Write(bytes);
        body.CopyTo(bytes, BinaryHeader.Size);
        return bytes;
    }
}
