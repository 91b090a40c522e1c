using System.Numerics;

namespace Fabrik.Cache.Eviction;

/// <summary>
/// Up to 64 doubly linked lists through the nodes of a table. List 0 takes what is used now; lists 1 to
/// <see cref="OldestAge"/> hold what an earlier process used, by age; the others are the policy's own.
/// </summary>
/// <remarks>
/// At start millions of entries arrive in the order of their ids while requests are served already. Sorting them would
/// stall, so they go into one list for each fifth of an age (see <see cref="AgeList"/>) and leave from the oldest.
/// </remarks>
internal sealed class EntryLists
{
    /// <summary>The list of entries that were used since the policy began.</summary>
    public const int Live = 0;

    /// <summary>The list of the oldest entries of an earlier process.</summary>
    public const int OldestAge = 60;

    /// <summary>The lists <see cref="Live"/> to <see cref="OldestAge"/> as a set.</summary>
    public const ulong ByAge = (1UL << (OldestAge + 1)) - 1;

    private const int ListCount = 64;
    private const uint YoungestAge = 4 * 60;

    private readonly EntryTable _table;
    private readonly int[] _heads = new int[ListCount];
    private readonly int[] _tails = new int[ListCount];
    private ulong _filled;

    public EntryLists(EntryTable table)
    {
        _table = table;
        _heads.AsSpan().Fill(EntryTable.None);
        _tails.AsSpan().Fill(EntryTable.None);
    }

    /// <summary>
    /// The list for an entry that was last used <paramref name="age"/> seconds before the policy began: four lists for
    /// each doubling, from 4 minutes to 91 days.
    /// </summary>
    public static int AgeList(long age)
    {
        var units = (ulong)Math.Max(0, age) / YoungestAge;
        if (units == 0)
        {
            return Live;
        }

        var octave = BitOperations.Log2(units);
        var quarter = (int)(((units << 2) >> octave) & 3);
        return Math.Min(OldestAge, 1 + (octave * 4) + quarter);
    }

    /// <summary>The entry of a set of lists that goes first, or <see cref="EntryTable.None"/>.</summary>
    public int Oldest(ulong lists)
    {
        var candidates = _filled & lists;
        return candidates == 0 ? EntryTable.None : _tails[BitOperations.Log2(candidates)];
    }

    /// <summary>Puts a node that is in no list at the recent end of one.</summary>
    public void Push(int list, int index)
    {
        var head = _heads[list];
        ref var node = ref _table[index];
        node.List = (byte)list;
        node.Previous = EntryTable.None;
        node.Next = head;
        if (head == EntryTable.None)
        {
            _tails[list] = index;
            _filled |= 1UL << list;
        }
        else
        {
            _table[head].Previous = index;
        }

        _heads[list] = index;
    }

    /// <summary>Takes a node out of the list it is in.</summary>
    public void Unlink(int index)
    {
        ref var node = ref _table[index];
        var list = node.List;
        if (node.Previous == EntryTable.None)
        {
            _heads[list] = node.Next;
        }
        else
        {
            _table[node.Previous].Next = node.Next;
        }

        if (node.Next == EntryTable.None)
        {
            _tails[list] = node.Previous;
        }
        else
        {
            _table[node.Next].Previous = node.Previous;
        }

        if (_heads[list] == EntryTable.None)
        {
            _filled &= ~(1UL << list);
        }
    }

    /// <summary>Moves a node to the recent end of a list.</summary>
    public void Move(int list, int index)
    {
        if (_heads[list] != index)
        {
            Unlink(index);
            Push(list, index);
        }
    }
}
