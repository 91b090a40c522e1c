using System.Runtime.InteropServices;

namespace Fabrik.Wire.Memcached;

/// <summary>
/// A command as it stands in a buffer: what it is, and where its parts are. Offsets count from its first byte.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public struct Command
{
    /// <summary>Which protocol it came in.</summary>
    public MemcachedProtocol Protocol;

    /// <summary>What it does.</summary>
    public Verb Verb;

    /// <summary>
    /// Whether the client does not want every answer: <c>noreply</c>, the meta flag <c>q</c>, or a quiet opcode.
    /// </summary>
    public bool IsQuiet;

    /// <summary>Whether the key is base64 of the key (the meta flag <c>b</c>).</summary>
    public bool HasEncodedKey;

    /// <summary>The opcode, of the binary protocol.</summary>
    public byte Opcode;

    /// <summary>Where the first key begins.</summary>
    public int KeyOffset;

    /// <summary>
    /// Bytes of the first key; 0 for commands without one. What <c>stats</c> and <c>config get</c> ask for counts as a
    /// key.
    /// </summary>
    public int KeyLength;

    /// <summary>
    /// Keys of a retrieval: further ones follow the first one up to <see cref="HeadLength"/>, divided by spaces.
    /// </summary>
    public int KeyCount;

    /// <summary>Bytes of the line with its end, or of header, extras and key.</summary>
    public int HeadLength;

    /// <summary>Bytes of the value; -1 for a command without one.</summary>
    public int ValueLength;

    /// <summary>Bytes of all of it: head, value, and the value's line end.</summary>
    public int Length;

    /// <summary>
    /// Where the flags of a meta command begin, with the space before them; see <see cref="MetaFlags"/>.
    /// </summary>
    public int FlagsOffset;

    /// <summary>Where that stands by which it is quiet, with the space before it; 0 where it is an opcode.</summary>
    public int QuietOffset;

    /// <summary>Bytes of that by which it is quiet, with the space before it.</summary>
    public int QuietLength;

    /// <summary>The client's flags, which are kept with a value.</summary>
    public uint ClientFlags;

    /// <summary>
    /// When it expires: seconds from now up to 30 days, above that seconds since 1970; 0 never; below 0 at once.
    /// </summary>
    public long Expiry;

    /// <summary>The unique number that a value must have; 0 for any.</summary>
    public ulong Unique;

    /// <summary>By how much <see cref="Verb.Increment"/> and <see cref="Verb.Decrement"/> count.</summary>
    public ulong Delta;

    /// <summary>What to count from where there is no value yet, of the binary protocol.</summary>
    public ulong Initial;

    /// <summary>What the asker tells the answer by, of the binary protocol.</summary>
    public uint Opaque;
}
