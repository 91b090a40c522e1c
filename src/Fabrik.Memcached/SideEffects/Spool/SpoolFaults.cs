using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.SideEffects.Spool;

/// <summary>Counts how often a spool failed, and tells of it once in a while. For one thread.</summary>
internal sealed class SpoolFaults(SpoolOptions options, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    private long _count;
    private long? _toldAt;
    private bool _isTold;

    /// <summary>It failed.</summary>
    public void Add(Exception exception)
    {
        _count++;
        if (_toldAt is { } last && time.GetElapsedTime(last) < TellEvery)
        {
            return;
        }

        (_toldAt, _isTold) = (time.GetTimestamp(), true);
        Log.Failed(log, options.Folder, _count, options.MaxRetry.TotalSeconds, exception);
    }

    /// <summary>What failed goes well again.</summary>
    public void Clear()
    {
        if (_isTold)
        {
            _isTold = false;
            Log.Recovered(log, options.Folder);
        }
    }

    /// <summary>Keys could not be written before the end.</summary>
    public void Lose(long keys) => Log.Lost(log, options.Folder, keys);
}
