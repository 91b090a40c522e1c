using System.Runtime.InteropServices;

namespace Fabrik.Wire.Memcached;

/// <summary>A command that cannot be served: what to answer, and how to go on behind it.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct CommandFault
{
    /// <summary>What is wrong.</summary>
    public FaultKind Kind { get; init; }

    /// <summary>
    /// How many bytes to pass over from the start of the command until the next one begins. It may be more than has
    /// been received yet: a value that is too large is passed over too.
    /// </summary>
    public long Skip { get; init; }

    /// <summary>Whether the connection is to be closed once the answer is written.</summary>
    public bool Closes { get; init; }

    /// <summary>Whether nothing is answered, as the client wanted no answers, or memcached gives none.</summary>
    public bool IsSilent { get; init; }

    /// <summary>The protocol to answer in.</summary>
    public MemcachedProtocol Protocol { get; init; }

    /// <summary>The opcode, of the binary protocol.</summary>
    public byte Opcode { get; init; }

    /// <summary>The number that a binary request is told by.</summary>
    public uint Opaque { get; init; }

    /// <summary>Bytes of the answer.</summary>
    public int ReplyLength => IsSilent ? 0
        : Protocol == MemcachedProtocol.Text ? FaultTexts.Line(Kind).Length
        : BinaryHeader.Size + FaultTexts.Packet(Kind).Length;

    /// <summary>Writes the answer.</summary>
    /// <param name="destination">At least <see cref="ReplyLength"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public int WriteReply(Span<byte> destination)
    {
        if (IsSilent)
        {
            return 0;
        }

        if (Protocol == MemcachedProtocol.Text)
        {
            var line = FaultTexts.Line(Kind);
            line.CopyTo(destination);
            return line.Length;
        }

        var text = FaultTexts.Packet(Kind);
        var header = new BinaryHeader
        {
            Magic = BinaryHeader.Response,
            Opcode = Opcode,
            Status = FaultTexts.Status(Kind),
            BodyLength = (uint)text.Length,
            Opaque = Opaque,
        };
        header.Write(destination);
        text.CopyTo(destination[BinaryHeader.Size..]);
        return BinaryHeader.Size + text.Length;
    }
}
