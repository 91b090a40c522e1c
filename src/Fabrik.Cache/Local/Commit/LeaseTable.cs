namespace Fabrik.Cache.Local.Commit;

/// <summary>
/// Until when entries are promised to stay. In memory: a restart forgets leases, and clients ask again after one. A
/// promise and an eviction of the same entry exclude each other: one of them comes first.
/// </summary>
internal sealed class LeaseTable
{
    /// <summary>Leases that are held at most, about 32 MiB; above it nothing more is promised.</summary>
    public const int Capacity = 1 << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, long> _until = [];
    private readonly HashSet<ulong> _leaving = [];
    private long _nextSweep;

    /// <summary>
    /// Promises an entry until a moment (Unix seconds); false when it is being evicted, or the table is full.
    /// </summary>
    public bool TryExtend(ulong key, long until, long now)
    {
        lock (_lock)
        {
            if (_leaving.Contains(key))
            {
                return false;
            }

            if (_until.Count >= Capacity && now >= _nextSweep)
            {
                Sweep(now);
            }

            if (_until.Count >= Capacity && !_until.ContainsKey(key))
            {
                return false;
            }

            _until[key] = until;
            return true;
        }
    }

    /// <summary>Extends a promise that holds; false when there is none.</summary>
    public bool TryRenew(ulong key, long until, long now)
    {
        lock (_lock)
        {
            if (!IsHeldLocked(key, now))
            {
                return false;
            }

            _until[key] = until;
            return true;
        }
    }

    /// <summary>Whether an entry is promised now.</summary>
    public bool IsHeld(ulong key, long now)
    {
        lock (_lock)
        {
            return IsHeldLocked(key, now);
        }
    }

    /// <summary>
    /// Marks an entry as being evicted, so that it is not promised any more; false when it is promised.
    /// </summary>
    public bool TryClaim(ulong key, long now)
    {
        lock (_lock)
        {
            if (IsHeldLocked(key, now))
            {
                return false;
            }

            _leaving.Add(key);
            return true;
        }
    }

    /// <summary>The eviction is done, or given up.</summary>
    public void Release(ulong key)
    {
        lock (_lock)
        {
            _leaving.Remove(key);
        }
    }

    private bool IsHeldLocked(ulong key, long now)
    {
        if (!_until.TryGetValue(key, out var until))
        {
            return false;
        }

        if (until > now)
        {
            return true;
        }

        _until.Remove(key);
        return false;
    }

    private void Sweep(long now)
    {
        foreach (var (key, until) in _until)
        {
            if (until <= now)
            {
                _until.Remove(key);
            }
        }

        // A table full of valid leases is not walked again for every call.
        _nextSweep = now + 10;
    }
}
