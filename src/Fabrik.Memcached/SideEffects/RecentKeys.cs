using Fabrik.Memcached.Loop;

namespace Fabrik.Memcached.SideEffects;

/// <summary>
/// Remembers keys for a while, in a table of a fixed size: it forgets one where another needs its place, and may take
/// one key for another of the same 32 bits of hash.
/// </summary>
internal sealed class RecentKeys(ILoop loop, TimeSpan duration)
{
    private const int Size = 4096;

    private readonly Slot[] _slots = new Slot[Size];

    /// <summary>Remembers a key, unless it is remembered already.</summary>
    public bool TryAdd(ReadOnlySpan<byte> key)
    {
        var builder = default(HashCode);
        builder.AddBytes(key);
        var hash = builder.ToHashCode();
        ref var slot = ref _slots[(uint)hash % Size];
        if (slot.IsUsed && slot.Hash == hash && loop.Time.GetElapsedTime(slot.At, loop.Now) < duration)
        {
            return false;
        }

        slot = new Slot { Hash = hash, At = loop.Now, IsUsed = true };
        return true;
    }

    private struct Slot
    {
        public long At;
        public int Hash;
        public bool IsUsed;
    }
}
