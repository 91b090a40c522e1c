using System.Diagnostics;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.StoreBench;

/// <summary>Many small entries: how fast they are written, how long opening takes, what a read costs.</summary>
internal sealed class OpenAndReadBench(BenchOptions options, Report report)
{
    private const int SmallSize = 256;
    private const int LargeSize = 1024 * 1024;
    private const int LargeEntries = 100;
    private const int Reads = 200_000;

    // As many as fill the committer's groups: the fastest way to a store of many entries.
    private const int BulkWriters = 256;
    private const int MeasuredPuts = 200_000;
    private const int SampledIds = 100_000;

    private readonly Workload _small = new(SmallSize, options.Seed);
    private readonly Workload _large = new(LargeSize, options.Seed);

    public async Task RunAsync()
    {
        var store = await OpenAsync();
        await Console.Error.WriteLineAsync($"writing {options.Entries} entries");
        var measured = Math.Min(options.Entries, MeasuredPuts);
        if (options.Entries > measured)
        {
            var bulk = await _small.PutAsync(store, (0, options.Entries - measured), BulkWriters);
            report.Add($"put {SmallSize} B, {BulkWriters} writers", bulk);
        }

        var written = await _small.PutAsync(store, (options.Entries - measured, measured), options.Writers);
        report.Add($"put {SmallSize} B, {options.Writers} writers, the last {measured:N0} of them", written);
        await _large.PutAsync(store, (0, LargeEntries), options.Writers);

        var start = Stopwatch.GetTimestamp();
        await store.DisposeAsync();
        report.Add("close", $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:N0} ms");

        start = Stopwatch.GetTimestamp();
        await using var reopened = await OpenAsync();
        report.Add($"open, {options.Entries:N0} entries", $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:N0} ms");
        await _small.GetAsync(reopened, [_small.Id(options.Entries / 2)], 1);
        report.Add("open to first hit", $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:N0} ms");

        await ReadAsync(reopened);
        report.Add("memory of the process after the reads", $"{Environment.WorkingSet >> 20:N0} MiB");
    }

    private async Task ReadAsync(LocalStore store)
    {
        await Console.Error.WriteLineAsync("reading");
        var ids = Sample(_small, options.Entries);
        await MeasureAsync(store, _small, ids, $"get {SmallSize} B, one reader");
        await MeasureAsync(store, _large, Sample(_large, LargeEntries), "get 1 MiB (file handle), one reader");
    }

    private async Task MeasureAsync(LocalStore store, Workload workload, ArtifactId[] ids, string what)
    {
        // Compiled, checked and cached first: what is asked for is the steady state.
        await workload.GetAsync(store, ids, Reads / 4);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var run = await workload.GetAsync(store, ids, Reads);
        var allocated = (GC.GetTotalAllocatedBytes(precise: true) - before - (Reads * sizeof(long))) / (double)Reads;
        report.Add(what, run);
        report.Add($"{what}: allocated", $"{allocated:N0} B/get");
    }

    private ArtifactId[] Sample(Workload workload, int entries)
    {
        var random = new Random(options.Seed);
        return [.. Enumerable.Range(0, Math.Min(SampledIds, entries)).Select(_ => workload.Id(random.Next(entries)))];
    }

    private async Task<LocalStore> OpenAsync() => (await LocalStore.OpenAsync(
        new LocalStoreOptions { Directory = Path.Combine(options.Folder, "many"), MaxSize = long.MaxValue / 2 },
        TimeProvider.System,
        NullLoggerFactory.Instance,
        CancellationToken.None)).Value;
}
