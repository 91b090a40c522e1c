using System.Diagnostics;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers;
using Fabrik.Cache.Layers.Writing;
using Fabrik.Cache.Local;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.StoreBench;

/// <summary>The upload queue: what a write pays for it, how fast it opens, and how fast it empties.</summary>
internal sealed class QueueBench(BenchOptions options, Report report)
{
    private const int Entries = 20_000;
    private const int Size = 4096;
    private const int Orders = 100_000;
    private const int SyncOrders = 2000;
    private const int Workers = 20;

    private readonly string _queue = Path.Combine(options.Folder, "queue");
    private readonly DiscardTier _upstream = new();

    private static CacheError Down { get; } =
        new(CacheErrorKind.Unavailable, CacheErrorSource.Upstream, "it is switched off");

    public async Task RunAsync()
    {
        await using var store = await OpenStoreAsync();
        _upstream.Fault = Down;
        await EnqueueAsync(store);
        await OpenLargeAsync(store);
        await EmptyAsync(store);
    }

    private async Task EnqueueAsync(LocalStore store)
    {
        await using (var queue = Open(store, DurabilityKind.Process))
        {
            report.Add("queue: enqueue, 1 writer", await EnqueueAsync(queue, Orders, writers: 1, first: 0));
            report.Add(
                $"queue: enqueue, {options.Writers} writers",
                await EnqueueAsync(queue, Orders, options.Writers, first: Orders));
        }

        Directory.Delete(_queue, recursive: true);
        await using (var queue = Open(store, DurabilityKind.Sync))
        {
            report.Add(
                $"queue: enqueue, {options.Writers} writers, durability sync",
                await EnqueueAsync(queue, SyncOrders, options.Writers, first: 0));
        }

        Directory.Delete(_queue, recursive: true);
    }

    private async Task OpenLargeAsync(LocalStore store)
    {
        await using (var queue = Open(store, DurabilityKind.Process))
        {
            await EnqueueAsync(queue, options.Entries, options.Writers, first: 0);
        }

        var start = Stopwatch.GetTimestamp();
        await using (Open(store, DurabilityKind.Process))
        {
            report.Add(
                $"queue: open with {options.Entries:N0} orders",
                $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:N0} ms");
        }

        Directory.Delete(_queue, recursive: true);
    }

    private async Task EmptyAsync(LocalStore store)
    {
        Workload workload = new(Size, options.Seed);
        await workload.PutAsync(store, (0, Entries), options.Writers);
        _upstream.Fault = null;
        await using var queue = Open(store, DurabilityKind.Process);
        IUploads uploads = queue;
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Entries; i++)
        {
            await uploads.EnqueueAsync(Order(workload.Id(i)), CancellationToken.None);
        }

        await queue.WaitUntilEmptyAsync(CancellationToken.None);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var uploaded = queue.Statistics[0].Uploaded;
        report.Add(
            $"queue: {Entries:N0} of {Size} B enqueued and taken to an upstream in memory, {Workers} workers",
            $"{uploaded / seconds:N0}/s");
    }

    private static async Task<Latencies> EnqueueAsync(UploadQueue queue, int count, int writers, int first)
    {
        Latencies latencies = new(count);
        IUploads uploads = queue;
        var ids = Enumerable.Range(first, count)
            .Select(i => new ArtifactKey("", "", "queue", $"{i}").ToId()).ToArray();
        var next = -1;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
        {
            int i;
            while ((i = Interlocked.Increment(ref next)) < count)
            {
                var begin = Stopwatch.GetTimestamp();
                await uploads.EnqueueAsync(Order(ids[i]), CancellationToken.None);
                latencies.Set(i, begin);
            }
        })));
        latencies.Elapsed = Stopwatch.GetElapsedTime(start);
        return latencies;
    }

    private static UploadOrder Order(ArtifactId id) => new("", id, UploadOperation.Put) { Size = Size };

    private UploadQueue Open(LocalStore store, DurabilityKind durability) => UploadQueue.Open(
        new UploadQueueOptions
        {
            Directory = _queue,
            Local = store,
            Upstreams =
            [
                new Upstream(
                    _upstream,
                    new UpstreamOptions { Name = "discard", Workers = Workers, QueueLimit = int.MaxValue }),
            ],
            Durability = durability,
        },
        TimeProvider.System,
        NullLoggerFactory.Instance,
        new Random(options.Seed));

    private async Task<LocalStore> OpenStoreAsync()
    {
        LocalStoreOptions store = new() { Directory = Path.Combine(options.Folder, "uploads") };
        return (await LocalStore.OpenAsync(
            store, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None)).Value;
    }
}
