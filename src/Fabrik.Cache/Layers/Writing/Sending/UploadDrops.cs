using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Layers.Writing.Sending;

/// <summary>Counts what an upstream will not get, and logs it: at most once a minute for each reason.</summary>
internal sealed class UploadDrops(string upstream, UploadCounters counters, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<UploadCount, (long At, long Count)> _said = [];

    public void Add(UploadCount reason, string? why = null)
    {
        counters.Add(reason);
        long dropped;
        lock (_lock)
        {
            var count = counters[reason];
            if (_said.TryGetValue(reason, out var last) && time.GetElapsedTime(last.At) < LogInterval)
            {
                return;
            }

            dropped = count - last.Count;
            _said[reason] = (time.GetTimestamp(), count);
        }

        UploadLog.Dropped(logger, upstream, dropped, why ?? Describe(reason));
    }

    private static string Describe(UploadCount reason) => reason switch
    {
        UploadCount.DroppedFull => "the queue is full (queue_limit)",
        UploadCount.DroppedOld => "they waited too long (queue_max_age)",
        UploadCount.DroppedUnwritable => "the disk of the queue takes no writes",
        UploadCount.DroppedDamaged => "they are damaged",
        _ => "the upstream refuses them",
    };
}
