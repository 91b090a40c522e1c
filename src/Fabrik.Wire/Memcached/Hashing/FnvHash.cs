namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>
/// The hashes of Fowler, Noll and Vo as libmemcached and twemproxy have them: 32 bits each, and a byte above 127 counts
/// as a negative number, as C has it on x86-64.
/// </summary>
public static class FnvHash
{
    private const ulong Basis64 = 0xCBF29CE484222325;
    private const ulong Prime64 = 0x100000001B3;
    private const uint Basis32 = 2166136261;
    private const uint Prime32 = 16777619;

    /// <summary><c>fnv1_64</c>: the lower half of FNV-1 of 64 bits.</summary>
    public static ulong Compute1X64(ReadOnlySpan<byte> key)
    {
        var hash = Basis64;
        foreach (var value in key)
        {
            hash *= Prime64;
            hash ^= (ulong)(sbyte)value;
        }

        return (uint)hash;
    }

    /// <summary><c>fnv1a_64</c>: what it is in both, the lower halves of FNV-1a's two constants of 64 bits.</summary>
    public static ulong Compute1AX64(ReadOnlySpan<byte> key)
    {
        var hash = unchecked((uint)Basis64);
        foreach (var value in key)
        {
            hash ^= (uint)(sbyte)value;
            hash *= unchecked((uint)Prime64);
        }

        return hash;
    }

    /// <summary><c>fnv1_32</c>.</summary>
    public static ulong Compute1X32(ReadOnlySpan<byte> key)
    {
        var hash = Basis32;
        foreach (var value in key)
        {
            hash *= Prime32;
            hash ^= (uint)(sbyte)value;
        }

        return hash;
    }

    /// <summary><c>fnv1a_32</c>.</summary>
    public static ulong Compute1AX32(ReadOnlySpan<byte> key)
    {
        var hash = Basis32;
        foreach (var value in key)
        {
            hash ^= (uint)(sbyte)value;
            hash *= Prime32;
        }

        return hash;
    }
}
