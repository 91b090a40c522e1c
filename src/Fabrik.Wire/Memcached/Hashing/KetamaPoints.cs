using System.Text;

namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>How the family of ketama makes points of members' names.</summary>
internal static class KetamaPoints
{
    /// <summary>Points of a member of average weight; spymemcached calls them repetitions.</summary>
    public const int OfMember = 160;

    /// <summary>
    /// How many digests of four points a member gets, by its share of the weight of those who are there. It is worked
    /// out in single precision, whose errors all implementations share.
    /// </summary>
    public static int Digests(int weight, long totalWeight, int members)
    {
        var share = (float)weight / totalWeight;
        var digests = (float)((float)((float)(share * OfMember) / Md5Hash.Parts) * members);
        return (int)MathF.Floor(digests + 0.0000000001F);
    }

    /// <summary>Adds four points for each digest of <c>name-0</c>, <c>name-1</c> and so on.</summary>
    public static void AddDigests(List<RingPoint> points, string name, int owner, int digests)
    {
        Span<uint> parts = stackalloc uint[Md5Hash.Parts];
        for (var i = 0; i < digests; i++)
        {
            Md5Hash.Compute(Encoding.UTF8.GetBytes($"{name}-{i}"), parts);
            foreach (var part in parts)
            {
                points.Add(new RingPoint(part, owner));
            }
        }
    }

    /// <summary>Adds a point for each hash of <c>name-0</c>, <c>name-1</c> and so on.</summary>
    public static void AddHashes(List<RingPoint> points, string name, int owner, (KeyHash Hash, int Count) hashes)
    {
        for (var i = 0; i < hashes.Count; i++)
        {
            points.Add(new RingPoint((uint)hashes.Hash(Encoding.UTF8.GetBytes($"{name}-{i}")), owner));
        }
    }

    /// <summary>The weight of all members that are there, and how many those are.</summary>
    public static (long Weight, int Count) Total(IReadOnlyList<RingMember> members, ReadOnlySpan<bool> usable)
    {
        var (weight, count) = (0L, 0);
        for (var i = 0; i < members.Count; i++)
        {
            if (usable[i])
            {
                weight += members[i].Weight;
                count++;
            }
        }

        return (weight, count);
    }
}
