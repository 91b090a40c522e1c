namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>
/// Bob Jenkins's one-at-a-time hash: libmemcached's <c>default</c>, twemproxy's <c>one_at_a_time</c>.
/// </summary>
public static class OneAtATimeHash
{
    /// <summary>The hash. A byte above 127 counts as a negative number, as C has it on x86-64.</summary>
    public static ulong Compute(ReadOnlySpan<byte> key)
    {
        uint hash = 0;
        foreach (var value in key)
        {
            hash += (uint)(sbyte)value;
            hash += hash << 10;
            hash ^= hash >> 6;
        }

        hash += hash << 3;
        hash ^= hash >> 11;
        return hash + (hash << 15);
    }
}
