using System.Numerics;

namespace Fabrik.Cache.Local.Commit;

/// <summary>One part of a <see cref="LeaseTable"/>: a hash table with open addressing, 8 bytes for each slot.</summary>
/// <remarks>
/// A slot has 32 bits of the key and the end of its lease in Unix seconds (until the year 2106). Which part it is in
/// tells 6 bits more. Two entries that share these 38 bits share a lease: both stay for as long as the longer one. With
/// 16 million leases that happens to one entry in 16,000, and does no harm. What has ended is reused, and dropped when
/// the table is built anew.
/// </remarks>
/// <param name="maxSlots">The most slots; a power of two.</param>
internal sealed class LeaseShard(int maxSlots)
{
    /// <summary>Bits of a key that choose the part.</summary>
    public const int ShardBits = 6;

    /// <summary>Promises are shortened to this part of their time at most.</summary>
    private const long MaxShortening = 16;

    private const int MinSlots = 64;

    // Building a table anew that is full of what still holds is not done for every call.
    private const int SweepSeconds = 10;

    // After a burst of promises the memory of those that have ended is given back.
    private const int TidySeconds = 600;

    private readonly Lock _lock = new();
    private readonly Dictionary<uint, int> _leaving = [];
    private ulong[] _slots = [];
    private int _used;
    private long _nextSweep;
    private long _nextTidy;

    public int Slots => _slots.Length;

    public bool TryExtend(ulong key, long until, long now)
    {
        var tag = TagOf(key);
        lock (_lock)
        {
            if (_leaving.ContainsKey(tag))
            {
                return false;
            }

            var place = Find(tag, now, out var isFound);
            if (isFound)
            {
                Renew(place, until, now);
                return true;
            }

            if (!HasRoom(now, ref place, tag))
            {
                return false;
            }

            _used += _slots[place] == 0 ? 1 : 0;
            _slots[place] = Slot(tag, Shorten(until, now));
            return true;
        }
    }

    public bool TryRenew(ulong key, long until, long now)
    {
        lock (_lock)
        {
            var place = Find(TagOf(key), now, out var isFound);
            if (!isFound || UntilOf(_slots[place]) <= now)
            {
                return false;
            }

            Renew(place, until, now);
            return true;
        }
    }

    public bool IsHeld(ulong key, long now)
    {
        lock (_lock)
        {
            return IsHeldLocked(TagOf(key), now);
        }
    }

    public bool TryClaim(ulong key, long now)
    {
        var tag = TagOf(key);
        lock (_lock)
        {
            if (IsHeldLocked(tag, now))
            {
                return false;
            }

            _leaving[tag] = _leaving.GetValueOrDefault(tag) + 1;
            return true;
        }
    }

    public void Release(ulong key)
    {
        var tag = TagOf(key);
        lock (_lock)
        {
            if (_leaving.GetValueOrDefault(tag) is > 1 and var others)
            {
                _leaving[tag] = others - 1;
            }
            else
            {
                _leaving.Remove(tag);
            }
        }
    }

    // The bits behind those that chose the part. Keys are hashes: any of their bits are as good as others.
    private static uint TagOf(ulong key) => (uint)(key >> (32 - ShardBits));

    private static ulong Slot(uint tag, long until) => ((ulong)tag << 32) | (uint)Math.Clamp(until, 1, uint.MaxValue);

    private static long UntilOf(ulong slot) => (uint)slot;

    /// <summary>Slots that may be used: probes become long in a table that is fuller.</summary>
    private static int LimitOf(int slots) => slots - (slots / 8);

    private bool IsHeldLocked(uint tag, long now)
    {
        var place = Find(tag, now, out var isFound);
        return isFound && UntilOf(_slots[place]) > now;
    }

    /// <summary>The slot of a tag, or the one that it would be put into; −1 if there is none.</summary>
    private int Find(uint tag, long now, out bool isFound)
    {
        isFound = false;
        if (_slots.Length == 0)
        {
            return -1;
        }

        var (mask, reusable) = (_slots.Length - 1, -1);
        for (var i = (int)tag & mask; ; i = (i + 1) & mask)
        {
            var slot = _slots[i];
            if (slot == 0)
            {
                return reusable < 0 ? i : reusable;
            }

            if ((uint)(slot >> 32) == tag)
            {
                isFound = true;
                return i;
            }

            if (reusable < 0 && UntilOf(slot) <= now)
            {
                reusable = i;
            }
        }
    }

    private void Renew(int place, long until, long now)
    {
        var slot = _slots[place];
        _slots[place] = Slot((uint)(slot >> 32), Math.Max(UntilOf(slot), Shorten(until, now)));
    }

    /// <summary>Builds the table anew where that gives room; the place is found again then.</summary>
    private bool HasRoom(long now, ref int place, uint tag)
    {
        if (place >= 0 && _slots[place] != 0)
        {
            return true;
        }

        var isLargest = _slots.Length >= maxSlots;
        var isFull = _used >= LimitOf(isLargest ? _slots.Length / 2 : _slots.Length);
        if ((isFull && (!isLargest || now >= _nextSweep)) || now >= _nextTidy)
        {
            Rebuild(now);
            (_nextSweep, _nextTidy) = (now + SweepSeconds, now + TidySeconds);
            place = Find(tag, now, out _);
        }

        return _used < LimitOf(_slots.Length);
    }

    private void Rebuild(long now)
    {
        var old = _slots;
        var live = 0;
        foreach (var slot in old)
        {
            live += UntilOf(slot) > now ? 1 : 0;
        }

        // Half full at most, so that it is not built anew soon.
        var size = (long)BitOperations.RoundUpToPowerOf2((uint)Math.Max(MinSlots, (live + 1) * 2));
        _slots = new ulong[Math.Min(size, maxSlots)];
        _used = live;
        var mask = _slots.Length - 1;
        foreach (var slot in old)
        {
            if (UntilOf(slot) > now)
            {
                var i = (int)(slot >> 32) & mask;
                while (_slots[i] != 0)
                {
                    i = (i + 1) & mask;
                }

                _slots[i] = slot;
            }
        }
    }

    /// <summary>
    /// Beyond half of the largest table promises get the shorter the less room there is, so that others get some.
    /// </summary>
    private long Shorten(long until, long now)
    {
        var half = LimitOf(maxSlots) / 2;
        var room = LimitOf(maxSlots) - _used;
        var span = until - now;
        return room >= half ? until : now + Math.Max(span * room / half, Math.Max(1, span / MaxShortening));
    }
}
