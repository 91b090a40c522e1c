namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>Checks what rings are made of.</summary>
internal static class RingMembers
{
    /// <summary>
    /// The weight of all members in a ring that has something for each unit of it, so that memory has a limit.
    /// </summary>
    private const int MaxTotalWeight = 10_000;

    /// <summary>All of them as being there.</summary>
    /// <exception cref="ArgumentException">There are none, or one of them has no weight.</exception>
    public static bool[] All(IReadOnlyList<RingMember> members)
    {
        if (members.Count == 0)
        {
            throw new ArgumentException("A ring needs at least one member.", nameof(members));
        }

        foreach (var member in members)
        {
            if (member.Weight < 1)
            {
                throw new ArgumentException(
                    $"The weight of '{member.Name}' is {member.Weight}, below 1.", nameof(members));
            }
        }

        var usable = new bool[members.Count];
        Array.Fill(usable, true);
        return usable;
    }

    /// <summary>All of them as being there, in a ring that has something for each unit of weight.</summary>
    /// <exception cref="ArgumentException">As with <see cref="All"/>, or the weights are too much together.</exception>
    public static bool[] AllByUnit(IReadOnlyList<RingMember> members)
    {
        var total = members.Sum(static member => (long)member.Weight);
        return total <= MaxTotalWeight
            ? All(members)
            : throw new ArgumentException(
                $"The weights are {total} together; this ring takes at most {MaxTotalWeight}.", nameof(members));
    }

    /// <summary>The indexes of those who are there, each as often as its weight says.</summary>
    /// <param name="members">All of them.</param>
    /// <param name="usable">Who is there.</param>
    /// <param name="order">All indexes, in the order to keep.</param>
    public static int[] Repeat(RingMember[] members, ReadOnlySpan<bool> usable, ReadOnlySpan<int> order)
    {
        var slots = new List<int>();
        foreach (var i in order)
        {
            if (usable[i])
            {
                slots.AddRange(Enumerable.Repeat(i, members[i].Weight));
            }
        }

        return [.. slots];
    }
}
