namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>
/// <c>modula</c>: the hash modulo the number of members, each counted as often as its weight says, and where some are
/// not there, only the others. libmemcached counts them in their order, without weights: there all are 1. twemproxy
/// counts them in the order of their names.
/// </summary>
public sealed class ModulaRing : IRing
{
    private readonly RingMember[] _members;
    private readonly KeyHash _keyHash;
    private readonly int[] _order;
    private readonly int[] _slots;

    /// <summary>Makes it.</summary>
    /// <param name="members">Whom keys are spread over, at least one.</param>
    /// <param name="keyHash">The hash of keys; its lower 32 bits count.</param>
    /// <param name="isByName">Whether they are counted in twemproxy's order: shorter names first.</param>
    public ModulaRing(IReadOnlyList<RingMember> members, KeyHash keyHash, bool isByName = false)
        : this([.. members], keyHash, OrderOf(members, isByName), RingMembers.AllByUnit(members))
    {
    }

    private ModulaRing(RingMember[] members, KeyHash keyHash, int[] order, ReadOnlySpan<bool> usable)
    {
        _members = members;
        _keyHash = keyHash;
        _order = order;
        _slots = RingMembers.Repeat(members, usable, order);
    }

    /// <inheritdoc/>
    public RingPlace Find(ReadOnlySpan<byte> key)
    {
        var hash = (uint)_keyHash(key);
        return new RingPlace(_slots[hash % (uint)_slots.Length], hash);
    }

    /// <inheritdoc/>
    public IRing Among(ReadOnlySpan<bool> usable) => new ModulaRing(_members, _keyHash, _order, usable);

    private static int[] OrderOf(IReadOnlyList<RingMember> members, bool isByName)
    {
        var order = Enumerable.Range(0, members.Count);
        return isByName
            ? [.. order.OrderBy(i => members[i].Name.Length).ThenBy(i => members[i].Name, StringComparer.Ordinal)]
            : [.. order];
    }
}
