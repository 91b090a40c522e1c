namespace Fabrik.Cache.Local.Commit;

/// <summary>
/// Until when entries are promised to stay. In memory: a restart forgets leases, and clients ask again after one.
/// </summary>
internal sealed class LeaseTable
{
    /// <summary>Leases that are held at most, about 32 MiB; above it the oldest promises are not extended.</summary>
    private const int Capacity = 1 << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, long> _until = [];
    private long _nextSweep;

    /// <summary>Promises an entry until a moment (Unix seconds).</summary>
    public void Extend(ulong key, long until, long now)
    {
        lock (_lock)
        {
            if (_until.Count >= Capacity && now >= _nextSweep)
            {
                Sweep(now);
            }

            if (_until.Count < Capacity || _until.ContainsKey(key))
            {
                _until[key] = until;
            }
        }
    }

    /// <summary>Whether an entry is promised now.</summary>
    public bool IsHeld(ulong key, long now)
    {
        lock (_lock)
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
