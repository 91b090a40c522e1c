using Fabrik.Cache.Layers.Writing.Storage;
using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Layers.Writing;

/// <summary>
/// Orders for upstreams that the configuration does not have any more: reported, kept for a while, then dropped.
/// </summary>
internal sealed class UploadOrphans
{
    /// <summary>How often it is looked whether their time is up.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private readonly List<(QueueLane Lane, OrphanedUploads Report)> _orphans;
    private readonly QueueStorage _storage;
    private readonly QueueWriter _writer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile IReadOnlyList<OrphanedUploads> _reports;

    public UploadOrphans(
        QueueStorage storage, QueueWriter writer, TimeSpan kept, (TimeProvider Time, ILogger Logger) world)
    {
        _storage = storage;
        _writer = writer;
        (_time, _logger) = world;
        _orphans =
        [
            .. from lane in storage.Lanes
               where lane.Head.MissingSince != 0
               let until = DateTimeOffset.FromUnixTimeMilliseconds(lane.Head.MissingSince) + kept
               select (lane, new OrphanedUploads(lane.Name, lane.Head.Orders, until)),
        ];
        _reports = [.. _orphans.Select(orphan => orphan.Report)];
        foreach (var report in _reports)
        {
            UploadLog.Orphaned(_logger, report.Upstream, report.Orders, report.Until);
        }
    }

    /// <summary>What there is.</summary>
    public IReadOnlyList<OrphanedUploads> Reports => _reports;

    /// <summary>Runs until it is stopped, or nothing is left.</summary>
    public async Task RunAsync(CancellationToken stopped)
    {
        using PeriodicTimer timer = new(Interval, _time);
        try
        {
            while (_orphans.Count > 0)
            {
                await DropOldAsync(stopped);
                await timer.WaitForNextTickAsync(stopped);
            }
        }
        catch (OperationCanceledException)
        {
            // The next start goes on.
        }
    }

    private async Task DropOldAsync(CancellationToken stopped)
    {
        var now = _time.GetUtcNow();
        foreach (var (lane, report) in _orphans.Where(orphan => orphan.Report.Until <= now).ToList())
        {
            if (await TryDropAsync(lane, stopped))
            {
                UploadLog.OrphansDropped(_logger, report.Upstream, report.Orders);
                _orphans.RemoveAll(orphan => orphan.Lane == lane);
                _reports = [.. _orphans.Select(orphan => orphan.Report)];
            }
        }
    }

    /// <summary>Drops a lane in steps that others may come between; false when the database fails.</summary>
    private async Task<bool> TryDropAsync(QueueLane lane, CancellationToken stopped)
    {
        while (true)
        {
            stopped.ThrowIfCancellationRequested();
            DropLaneCommand drop = new(lane, _storage.Forget);
            if (!await _writer.SendAsync(drop))
            {
                return false;
            }

            if (drop.IsDone)
            {
                return true;
            }
        }
    }
}
