namespace Fabrik.Cache.Local.Commit;

/// <summary>
/// Until when entries are promised to stay. In memory: a restart forgets leases, and clients ask again after one. A
/// promise and an eviction of the same entry exclude each other: one of them comes first.
/// </summary>
/// <remarks>
/// In parts, each with a lock and memory of its own, so that many questions at a time do not wait for each other. It
/// grows with what is promised and shrinks when that has passed (<see cref="LeaseShard"/>). The fuller it is, the
/// shorter are new promises, so that it makes room for others sooner; only what finds no room at all is not promised.
/// </remarks>
internal sealed class LeaseTable
{
    private const int Shards = 1 << LeaseShard.ShardBits;

    private readonly LeaseShard[] _shards;
    private long _claims;
    private long _releases;

    /// <summary>An empty table.</summary>
    /// <param name="maxSlots">The most slots of all parts, 8 bytes each; a power of two.</param>
    public LeaseTable(int maxSlots = 1 << 24)
    {
        var slots = maxSlots >> LeaseShard.ShardBits;
        _shards = new LeaseShard[Shards];
        for (var i = 0; i < Shards; i++)
        {
            _shards[i] = new LeaseShard(slots);
        }
    }

    /// <summary>
    /// Promises an entry until a moment (Unix seconds), or until an earlier one if many are promised; never shortens
    /// an earlier promise. False when it is being evicted, or there is no room.
    /// </summary>
    public bool TryExtend(ulong key, long until, long now) => ShardOf(key).TryExtend(key, until, now);

    /// <summary>Extends a promise that holds; false when there is none.</summary>
    public bool TryRenew(ulong key, long until, long now) => ShardOf(key).TryRenew(key, until, now);

    /// <summary>Whether an entry is promised now.</summary>
    public bool IsHeld(ulong key, long now) => ShardOf(key).IsHeld(key, now);

    /// <summary>
    /// Marks an entry as being evicted, so that it is not promised any more; false when it is promised.
    /// </summary>
    public bool TryClaim(ulong key, long now)
    {
        // Before the mark is set: whoever promises an entry after its mark is gone sees that there was one.
        Interlocked.Increment(ref _claims);
        if (ShardOf(key).TryClaim(key, now))
        {
            return true;
        }

        Interlocked.Increment(ref _releases);
        return false;
    }

    /// <summary>The eviction is done, or given up.</summary>
    public void Release(ulong key)
    {
        ShardOf(key).Release(key);
        Interlocked.Increment(ref _releases);
    }

    /// <summary>
    /// Begins to watch for evictions: what is seen now and promised later has not left in between, if
    /// <see cref="IsQuietSince"/> says so afterwards. Negative when evictions are under way.
    /// </summary>
    public long Watch()
    {
        var releases = Volatile.Read(ref _releases);
        var claims = Volatile.Read(ref _claims);
        return claims == releases ? claims : -1;
    }

    /// <summary>Whether nothing was evicted since a call of <see cref="Watch"/>.</summary>
    public bool IsQuietSince(long watch) => watch >= 0 && Interlocked.Read(ref _claims) == watch;

    /// <summary>Slots of all parts, for tests.</summary>
    internal long Slots => _shards.Sum(static shard => (long)shard.Slots);

    private LeaseShard ShardOf(ulong key) => _shards[(int)(key >> (64 - LeaseShard.ShardBits))];
}
