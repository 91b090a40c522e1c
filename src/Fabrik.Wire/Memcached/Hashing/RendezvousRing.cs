using System.Text;

namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>
/// Highest random weight (Thaler and Ravishankar 1998): a key belongs to the member with the highest score for it. The
/// keys of a member that is not there are spread over all others, and no other key moves. It costs a step for each
/// member.
/// </summary>
public sealed class RendezvousRing : IRing
{
    private readonly ulong[] _seeds;
    private readonly double[] _weights;
    private readonly KeyHash _keyHash;
    private readonly bool[] _usable;
    private readonly bool _isWeighted;

    /// <summary>Makes it.</summary>
    /// <param name="members">Whom keys are spread over, at least one; their order does not matter.</param>
    /// <param name="keyHash">The hash of keys.</param>
    public RendezvousRing(IReadOnlyList<RingMember> members, KeyHash keyHash)
    {
        _usable = RingMembers.All(members);
        _keyHash = keyHash;
        _seeds = [.. members.Select(static member => XxHash3.Compute(Encoding.UTF8.GetBytes(member.Name)))];
        _weights = [.. members.Select(static member => (double)member.Weight)];
        _isWeighted = _weights.Any(weight => weight != _weights[0]);
    }

    private RendezvousRing(RendezvousRing whole, ReadOnlySpan<bool> usable)
    {
        _seeds = whole._seeds;
        _weights = whole._weights;
        _keyHash = whole._keyHash;
        _isWeighted = whole._isWeighted;
        _usable = usable.ToArray();
    }

    /// <inheritdoc/>
    public RingPlace Find(ReadOnlySpan<byte> key)
    {
        var hash = _keyHash(key);
        return new RingPlace(_isWeighted ? FindWeighted(hash) : FindEqual(hash), hash);
    }

    /// <inheritdoc/>
    public IRing Among(ReadOnlySpan<bool> usable) => new RendezvousRing(this, usable);

    private int FindEqual(ulong hash)
    {
        var (best, highest) = (-1, 0UL);
        for (var i = 0; i < _seeds.Length; i++)
        {
            var score = Mix(hash, _seeds[i]);
            if (_usable[i] && (best < 0 || score > highest))
            {
                (best, highest) = (i, score);
            }
        }

        return best;
    }

    private int FindWeighted(ulong hash)
    {
        var (best, highest) = (-1, 0.0);
        for (var i = 0; i < _seeds.Length; i++)
        {
            // A number above 0 and below 1, of the 52 bits that a double is exact to between them.
            var random = ((Mix(hash, _seeds[i]) >> 12) + 0.5) / (1L << 52);
            var score = -_weights[i] / Math.Log(random);
            if (_usable[i] && (best < 0 || score > highest))
            {
                (best, highest) = (i, score);
            }
        }

        return best;
    }

    /// <summary>The finish of MurmurHash3 of 64 bits, over both.</summary>
    private static ulong Mix(ulong hash, ulong seed)
    {
        hash ^= seed;
        hash ^= hash >> 33;
        hash *= 0xFF51AFD7ED558CCD;
        hash ^= hash >> 33;
        hash *= 0xC4CEB9FE1A85EC53;
        return hash ^ (hash >> 33);
    }
}
