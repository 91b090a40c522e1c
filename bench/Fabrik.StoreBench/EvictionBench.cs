using Fabrik.Cache.Local;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.StoreBench;

/// <summary>The same writes into two equal stores: one has room, the other evicts with every write.</summary>
internal sealed class EvictionBench(BenchOptions options, Report report)
{
    public async Task RunAsync(int size, int entries)
    {
        await Console.Error.WriteLineAsync($"evicting entries of {size} bytes");
        var used = await MeasureAsync((size, entries), long.MaxValue / 2, "room");
        await MeasureAsync((size, entries), used, "full");
    }

    /// <summary>Fills a store, then measures as many writes again; returns the bytes it held before those.</summary>
    private async Task<long> MeasureAsync((int Size, int Entries) load, long maxSize, string state)
    {
        var folder = Path.Combine(options.Folder, $"{state}-{load.Size}");
        await using var store = (await LocalStore.OpenAsync(
            new LocalStoreOptions { Directory = folder, MaxSize = maxSize },
            TimeProvider.System,
            NullLoggerFactory.Instance,
            CancellationToken.None)).Value;
        var workload = new Workload(load.Size, options.Seed);
        await workload.PutAsync(store, (0, load.Entries), options.Writers);
        var used = store.Statistics.StoredBytes;
        var evicted = store.Statistics.Evictions;

        var run = await workload.PutAsync(store, (load.Entries, load.Entries), options.Writers);
        evicted = store.Statistics.Evictions - evicted;
        report.Add($"put {load.Size >> 10} KiB, {state}, {evicted:N0} evictions in {load.Entries:N0} puts", run);
        return used;
    }
}
