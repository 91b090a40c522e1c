using System.Runtime.InteropServices;

namespace Fabrik.Wire.Memcached;

/// <summary>
/// An answer as it stands in a buffer, or one item of an answer of several: what it says, and where its parts are.
/// Offsets count from its first byte.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public struct ServerReply
{
    /// <summary>What it says.</summary>
    public ReplyKind Kind;

    /// <summary>
    /// Whether the answer is over with it. It is not with a <c>VALUE</c>, of which an answer may have several, nor with
    /// a line or packet of statistics; <c>END</c> ends them.
    /// </summary>
    public bool IsEnd;

    /// <summary>Whether <see cref="Unique"/> was told.</summary>
    public bool HasUnique;

    /// <summary>Whether <see cref="RemainingTtl"/> was told.</summary>
    public bool HasRemainingTtl;

    /// <summary>Bytes of all of it: head, value, and the value's line end.</summary>
    public int Length;

    /// <summary>Bytes of its line with its end, or of header, extras and key.</summary>
    public int HeadLength;

    /// <summary>Where the value begins.</summary>
    public int ValueOffset;

    /// <summary>Bytes of the value; -1 if there is none.</summary>
    public int ValueLength;

    /// <summary>Where the key begins, or the name of a statistic.</summary>
    public int KeyOffset;

    /// <summary>Bytes of the key; 0 if it is not told.</summary>
    public int KeyLength;

    /// <summary>Where the flags of a meta answer begin; 0 if it has none. See <see cref="MetaFlags"/>.</summary>
    public int FlagsOffset;

    /// <summary>The client's flags that are kept with the value.</summary>
    public uint ClientFlags;

    /// <summary>The number of the value, or of what was stored.</summary>
    public ulong Unique;

    /// <summary>Seconds that the value has left; -1 for ever.</summary>
    public long RemainingTtl;

    /// <summary>What counting led to.</summary>
    public ulong Number;

    /// <summary>The opcode, of the binary protocol.</summary>
    public byte Opcode;

    /// <summary>How it ended, in the binary protocol.</summary>
    public BinaryStatus Status;

    /// <summary>What the asker tells it by, of the binary protocol.</summary>
    public uint Opaque;
}
