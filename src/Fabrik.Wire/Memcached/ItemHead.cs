using System.Runtime.InteropServices;

namespace Fabrik.Wire.Memcached;

/// <summary>What is sent with a value that is to be stored.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct ItemHead
{
    /// <summary>Bytes of the value.</summary>
    public int ValueLength { get; init; }

    /// <summary>The client's flags.</summary>
    public uint ClientFlags { get; init; }

    /// <summary>When it expires; as <see cref="Command.Expiry"/>.</summary>
    public long Expiry { get; init; }

    /// <summary>The number that the stored value must have; 0 for any.</summary>
    public ulong Unique { get; init; }

    /// <summary>Whether the key is sent as base64; of meta commands only.</summary>
    public bool HasEncodedKey { get; init; }
}
