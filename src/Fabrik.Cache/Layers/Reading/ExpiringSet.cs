namespace Fabrik.Cache.Layers.Reading;

/// <summary>
/// A bounded set whose members leave by themselves after a while. It has two generations: when the young one is full
/// or has lived long enough, the old one is dropped whole, so that nothing is ever searched for what has expired.
/// </summary>
internal sealed class ExpiringSet<T>(TimeSpan life, int limit, TimeProvider time)
    where T : IEquatable<T>
{
    private readonly Lock _lock = new();
    private readonly long _life = (long)(life.TotalSeconds * time.TimestampFrequency);
    private Dictionary<T, long> _young = [];
    private Dictionary<T, long> _old = [];
    private long _turnsAt = long.MinValue;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _young.Count + _old.Count;
            }
        }
    }

    public void Add(T member)
    {
        if (_life <= 0)
        {
            return;
        }

        var now = time.GetTimestamp();
        lock (_lock)
        {
            if (now >= _turnsAt || _young.Count >= limit / 2)
            {
                (_young, _old) = (_old, _young);
                _young.Clear();
                _turnsAt = now + _life;
            }

            _young[member] = now + _life;
        }
    }

    public bool Contains(T member)
    {
        lock (_lock)
        {
            return (_young.TryGetValue(member, out var end) || _old.TryGetValue(member, out end))
                && time.GetTimestamp() < end;
        }
    }

    public void Remove(T member)
    {
        lock (_lock)
        {
            _young.Remove(member);
            _old.Remove(member);
        }
    }
}
