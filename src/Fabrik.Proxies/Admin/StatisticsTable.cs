using System.Collections.Concurrent;

namespace Fabrik.Proxies.Admin;

/// <summary>What buckets have served since the start, by name. A bucket that is gone keeps its numbers.</summary>
public sealed class StatisticsTable
{
    private readonly ConcurrentDictionary<string, BucketStatistics> _buckets = new(StringComparer.Ordinal);

    /// <summary>Those of one bucket.</summary>
    public BucketStatistics Of(string bucket) => _buckets.GetOrAdd(bucket, static _ => new BucketStatistics());
}

/// <summary>What one bucket has served.</summary>
public sealed class BucketStatistics
{
    private long _requests;
    private long _hits;
    private long _misses;
    private long _revalidated;
    private long _bypassed;
    private long _refused;
    private long _failed;
    private long _bytes;

    /// <summary>Requests.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Those that were answered from the cache.</summary>
    public long Hits => Volatile.Read(ref _hits);

    /// <summary>Those for which the origin was asked, or another request that asked it was waited for.</summary>
    public long Misses => Volatile.Read(ref _misses);

    /// <summary>Those for which the origin said that what is kept still holds.</summary>
    public long Revalidated => Volatile.Read(ref _revalidated);

    /// <summary>Those that passed by the cache.</summary>
    public long Bypassed => Volatile.Read(ref _bypassed);

    /// <summary>Those that were turned away: 401, 403, 429.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Those that ended in a 5xx.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Bytes of the bodies of answers.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    internal void Count(AccessRecord record)
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Add(ref _bytes, record.Bytes);
        if (record.Status is 401 or 403 or 429)
        {
            Interlocked.Increment(ref _refused);
        }

        if (record.Status >= 500)
        {
            Interlocked.Increment(ref _failed);
        }

        switch (record.Cache)
        {
            case "hit":
                Interlocked.Increment(ref _hits);
                break;
            case "revalidated":
                Interlocked.Increment(ref _revalidated);
                break;
            case "bypass":
                Interlocked.Increment(ref _bypassed);
                break;
            case "miss" or "expired" or "collapsed":
                Interlocked.Increment(ref _misses);
                break;
            default:
                break;
        }
    }
}
