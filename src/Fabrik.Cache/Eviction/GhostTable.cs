using System.Numerics;

namespace Fabrik.Cache.Eviction;

/// <summary>
/// The keys that were evicted lately, as 32-bit fingerprints in buckets of four. One is forgotten when as many others
/// followed as the table has slots, or when its bucket is full of younger ones. A wrong "yes" (one in a billion) only
/// places an entry in the wrong queue.
/// </summary>
internal sealed class GhostTable
{
    private const int Ways = 4;
    private const int FirstSlots = 1024;

    private ulong[] _slots = new ulong[FirstSlots];
    private uint _sequence;

    /// <summary>
    /// Makes room for half as many ghosts as there are entries, or more. What was remembered is dropped then: a store
    /// that grows is not yet full, so it has hardly evicted.
    /// </summary>
    public void Fit(int entries)
    {
        if (entries / 2 > _slots.Length && _slots.Length < EvictionLimits.MaxGhosts)
        {
            _slots = new ulong[_slots.Length * 2];
        }
    }

    /// <summary>Remembers an evicted key.</summary>
    public void Add(ulong key)
    {
        _sequence++;
        var bucket = Bucket(key, out var fingerprint);
        var oldest = 0;
        for (var i = 1; i < Ways; i++)
        {
            if (Age(bucket[i]) > Age(bucket[oldest]))
            {
                oldest = i;
            }
        }

        bucket[oldest] = ((ulong)_sequence << 32) | fingerprint;
    }

    /// <summary>Whether a key was evicted lately; it is forgotten by asking.</summary>
    public bool TryTake(ulong key)
    {
        var bucket = Bucket(key, out var fingerprint);
        foreach (ref var slot in bucket)
        {
            if (slot != 0 && (uint)slot == fingerprint && Age(slot) < _slots.Length)
            {
                slot = 0;
                return true;
            }
        }

        return false;
    }

    private uint Age(ulong slot) => slot == 0 ? uint.MaxValue : _sequence - (uint)(slot >> 32);

    private Span<ulong> Bucket(ulong key, out uint fingerprint)
    {
        var hash = key * 0x9E37_79B9_7F4A_7C15;
        fingerprint = (uint)hash;
        var buckets = _slots.Length / Ways;
        return _slots.AsSpan((int)(hash >> (64 - BitOperations.Log2((uint)buckets))) * Ways, Ways);
    }
}
