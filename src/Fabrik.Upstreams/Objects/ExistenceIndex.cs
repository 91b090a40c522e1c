using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Upstreams.Objects;

/// <summary>What is known of an object.</summary>
internal enum Existence : byte
{
    /// <summary>Nothing, or nothing that is recent enough.</summary>
    Unknown,

    /// <summary>It is not there.</summary>
    Absent,

    /// <summary>It is there.</summary>
    Present,

    /// <summary>Something is there that is not served and that a write replaces: damaged or expired.</summary>
    Unusable,
}

/// <summary>
/// A bounded memory of what an object store has. Each piece of knowledge has a time until which it counts. When there
/// is no room, what would have been forgotten soonest goes: forgetting is always safe, since an unknown artifact is
/// asked for or uploaded again.
/// </summary>
/// <remarks>
/// Of an id, 64 bits are kept, in one of up to 2^17 places that further bits choose. That one id is taken for another
/// is less likely than 1 in 2^60, and costs an upload that is left out.
/// </remarks>
internal sealed class ExistenceIndex
{
    private const int SlotsOfPlace = 8;
    private const int PlacesOfSegment = 512;
    private const int SlotsOfSegment = SlotsOfPlace * PlacesOfSegment;

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Segment[] _segments;

    /// <summary>An empty index.</summary>
    /// <param name="entries">Ids remembered at most; rounded up to a power of two, at least 4,096.</param>
    /// <param name="time">The clock that knowledge ages by.</param>
    public ExistenceIndex(int entries, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(entries);
        _time = time;
        _start = time.GetTimestamp();
        var segments = Math.Max(1, (int)(BitOperations.RoundUpToPowerOf2((uint)entries) / SlotsOfSegment));
        _segments = [.. Enumerable.Range(0, segments).Select(_ => new Segment())];
    }

    /// <summary>What tells the artifacts of one prefix from those of others in the same index.</summary>
    public static ulong SaltOf(string prefix) =>
        BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(prefix)));

    /// <summary>What is known of an id.</summary>
    public Existence Find(ulong salt, ArtifactId id)
    {
        var (segment, place, print) = Locate(salt, id);
        lock (segment)
        {
            foreach (ref readonly var slot in segment.Place(place, create: false))
            {
                if (slot.Print == print && slot.State != Existence.Unknown)
                {
                    return slot.Until > Now() ? slot.State : Existence.Unknown;
                }
            }
        }

        return Existence.Unknown;
    }

    /// <summary>Remembers what is known of an id, instead of what was.</summary>
    public void Learn(ulong salt, ArtifactId id, Existence state, TimeSpan lasting)
    {
        var until = (uint)Math.Clamp(Now() + lasting.TotalSeconds, 0, uint.MaxValue);
        var (segment, place, print) = Locate(salt, id);
        lock (segment)
        {
            ref var slot = ref Choose(segment.Place(place, create: true), print);
            slot = new Slot(print, until, state);
        }
    }

    // The one that has it; else the one that would be forgotten soonest, which an empty one is.
    private static ref Slot Choose(Span<Slot> place, ulong print)
    {
        var chosen = 0;
        for (var i = 0; i < place.Length; i++)
        {
            if (place[i].Print == print)
            {
                return ref place[i];
            }

            if (place[i].Until < place[chosen].Until)
            {
                chosen = i;
            }
        }

        return ref place[chosen];
    }

    private uint Now() => (uint)_time.GetElapsedTime(_start).TotalSeconds;

    // Ids are hashes: any of their bits are as good as random.
    private (Segment Segment, int Place, ulong Print) Locate(ulong salt, ArtifactId id)
    {
        var print = BinaryPrimitives.ReadUInt64LittleEndian(id.Bytes) ^ salt;
        var where = BinaryPrimitives.ReadUInt32LittleEndian(id.Bytes[sizeof(ulong)..]) ^ (uint)(salt >> 32);
        return (_segments[(where >> 16) & (_segments.Length - 1)], (int)(where % PlacesOfSegment), print);
    }

    private record struct Slot(ulong Print, uint Until, Existence State);

    /// <summary>Some of the slots, under a lock of their own.</summary>
    private sealed class Segment
    {
        private Slot[]? _slots;

        public Span<Slot> Place(int index, bool create)
        {
            if (_slots is null && create)
            {
                _slots = new Slot[SlotsOfSegment];
            }

            return _slots is null ? [] : _slots.AsSpan(index * SlotsOfPlace, SlotsOfPlace);
        }
    }
}
