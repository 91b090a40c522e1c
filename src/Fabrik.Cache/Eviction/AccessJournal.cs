using System.Numerics;
using System.Runtime.InteropServices;

namespace Fabrik.Cache.Eviction;

/// <summary>
/// Where reads note which entry they hit, without a lock and without allocating: one bounded ring for each core, in
/// which a full ring, or two threads that meet in one, lose the note. A popular entry is noted again soon, so a lost
/// note does not change who is evicted.
/// </summary>
internal sealed class AccessJournal
{
    private const int RingLength = 1024;
    private const int MaxRings = 64;

    private readonly Ring[] _rings;

    /// <summary>A journal with a ring for each core, 64 at most.</summary>
    public AccessJournal()
        : this(Environment.ProcessorCount)
    {
    }

    /// <summary>A journal with a given number of rings, rounded up to a power of two.</summary>
    public AccessJournal(int rings)
    {
        _rings = new Ring[BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(rings, 1, MaxRings))];
        for (var i = 0; i < _rings.Length; i++)
        {
            _rings[i] = new Ring();
        }
    }

    /// <summary>How many notes were lost so far, approximately.</summary>
    public long Dropped => _rings.Sum(ring => Volatile.Read(ref ring.Cursors.Dropped));

    /// <summary>Notes a read, from any thread.</summary>
    /// <returns>Whether the ring is half full, so that somebody should soon call <see cref="Drain"/>.</returns>
    public bool Note(ulong key) => _rings[Thread.GetCurrentProcessorId() & (_rings.Length - 1)].Write(key);

    /// <summary>
    /// Hands every note to the policy, as a touch at <paramref name="now"/> (Unix seconds). Call it under the
    /// policy's lock. The work is bounded by the rings' length.
    /// </summary>
    public int Drain(IEvictionPolicy policy, long now)
    {
        var count = 0;
        foreach (var ring in _rings)
        {
            for (var i = 0; i < RingLength && ring.TryRead(out var key); i++)
            {
                policy.Touch(key, now);
                count++;
            }
        }

        return count;
    }

    /// <summary>Writer's and reader's cursors on cache lines of their own (lines are fetched in pairs).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct RingCursors
    {
        [FieldOffset(128)]
        public long Tail;

        [FieldOffset(136)]
        public long Dropped;

        [FieldOffset(256)]
        public long Head;
    }

    /// <summary>Many writers, one reader. A slot of 0 is empty; the key 0 is noted as 1.</summary>
    private sealed class Ring
    {
        private readonly ulong[] _slots = new ulong[RingLength];

        public RingCursors Cursors;

        public bool Write(ulong key)
        {
            var tail = Volatile.Read(ref Cursors.Tail);
            var waiting = tail - Volatile.Read(ref Cursors.Head);
            if (waiting >= RingLength || Interlocked.CompareExchange(ref Cursors.Tail, tail + 1, tail) != tail)
            {
                Cursors.Dropped++;
                return true;
            }

            Volatile.Write(ref _slots[tail & (RingLength - 1)], Math.Max(key, 1));
            return waiting >= RingLength / 2;
        }

        public bool TryRead(out ulong key)
        {
            ref var slot = ref _slots[Cursors.Head & (RingLength - 1)];
            key = Volatile.Read(ref slot);
            if (key == 0)
            {
                return false;
            }

            Volatile.Write(ref slot, 0);
            Volatile.Write(ref Cursors.Head, Cursors.Head + 1);
            return true;
        }
    }
}
