using System.Runtime.InteropServices;

namespace Fabrik.Wire.Memcached;

/// <summary>What is told with a value that was found.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct HitHead
{
    /// <summary>Bytes of the value.</summary>
    public int ValueLength { get; init; }

    /// <summary>The client's flags.</summary>
    public uint ClientFlags { get; init; }

    /// <summary>The number of the value.</summary>
    public ulong Unique { get; init; }

    /// <summary>Seconds that the value has left; -1 for ever.</summary>
    public long RemainingTtl { get; init; }

    /// <summary>Seconds since it was last asked for.</summary>
    public uint IdleSeconds { get; init; }

    /// <summary>Whether it was asked for before.</summary>
    public bool WasFetched { get; init; }
}
