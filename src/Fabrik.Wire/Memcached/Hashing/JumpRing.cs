namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>
/// Jump consistent hash of Lamping and Veach (2014), as memcached's own proxy has it (<c>proxy_jump_hash.c</c>). A
/// member counts as often as its weight says. The keys of members that are not there jump once more, over the others;
/// all other keys stay where they are.
/// </summary>
public sealed class JumpRing : IRing
{
    private readonly RingMember[] _members;
    private readonly KeyHash _keyHash;
    private readonly int[] _slots;
    private readonly bool[] _usable;
    private readonly int[] _remaining;

    /// <summary>Makes it.</summary>
    /// <param name="members">Whom keys are spread over, at least one, in their order; names do not matter.</param>
    /// <param name="keyHash">The hash of keys; memcached's proxy has <see cref="XxHash3.Compute"/>.</param>
    public JumpRing(IReadOnlyList<RingMember> members, KeyHash keyHash)
        : this([.. members], keyHash, RingMembers.AllByUnit(members))
    {
    }

    private JumpRing(RingMember[] members, KeyHash keyHash, bool[] usable)
    {
        _members = members;
        _keyHash = keyHash;
        _usable = usable;
        int[] order = [.. Enumerable.Range(0, members.Length)];
        _slots = RingMembers.Repeat(members, RingMembers.All(members), order);
        _remaining = RingMembers.Repeat(members, usable, order);
    }

    /// <inheritdoc/>
    public RingPlace Find(ReadOnlySpan<byte> key)
    {
        var hash = _keyHash(key);
        var member = _slots[Jump(hash, _slots.Length)];
        if (!_usable[member])
        {
            // Another sequence of jumps than the first: the keys of one member spread over all others.
            member = _remaining[Jump(~hash, _remaining.Length)];
        }

        return new RingPlace(member, hash);
    }

    /// <inheritdoc/>
    public IRing Among(ReadOnlySpan<bool> usable) => new JumpRing(_members, _keyHash, usable.ToArray());

    private static int Jump(ulong hash, int buckets)
    {
        long bucket = -1;
        long next = 0;
        while (next < buckets)
        {
            bucket = next;
            hash = (hash * 2862933555777941757) + 1;
            next = (long)((bucket + 1) * ((double)(1L << 31) / ((hash >> 33) + 1)));
        }

        return (int)bucket;
    }
}
