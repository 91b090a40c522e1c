using System.Text;
using Fabrik.Wire.Memcached.Hashing;

namespace Fabrik.MemcachedTests.Wire.Hashing;

/// <summary>Keys to ask rings for, and what is said of all answers.</summary>
internal static class RingKeys
{
    /// <summary>FNV-1a over the members that <c>key:0</c> to <c>key:99999</c> belong to.</summary>
    public static uint Checksum(IRing ring)
    {
        var sum = 2166136261u;
        for (var i = 0; i < 100_000; i++)
        {
            sum = (sum ^ (uint)ring.Find(Encoding.ASCII.GetBytes($"key:{i}")).Member) * 16777619;
        }

        return sum;
    }

    /// <summary>How many of a number of keys belong to each member.</summary>
    public static int[] Count(IRing ring, int members, int keys = 20_000)
    {
        var counts = new int[members];
        for (var i = 0; i < keys; i++)
        {
            counts[ring.Find(Encoding.ASCII.GetBytes($"key:{i}")).Member]++;
        }

        return counts;
    }
}
