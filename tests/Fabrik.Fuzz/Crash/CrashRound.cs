using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.Fuzz.Crash;

/// <summary>One life of a worker, its violent end, and the examination of what it left.</summary>
internal sealed class CrashRound(string folder, int seed, CrashPlan plan, CrashModel model)
{
    /// <summary>Operations that the store acknowledged.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Whether the worker was killed before it ended by itself.</summary>
    public bool WasKilled { get; private set; }

    /// <summary>Runs the worker, kills it, and examines the store.</summary>
    /// <exception cref="InvalidOperationException">A finding.</exception>
    public async Task RunAsync()
    {
        using (var process = CrashProcess.Start(folder, seed, plan.Round))
        {
            await WatchAsync(process);
            Require(await process.WaitAsync());
        }

        await ExamineAsync();
        var findings = StoreRecount.Run(folder);
        Require(findings.Count == 0 ? null : string.Join("; ", findings));
    }

    private static void Require(string? finding)
    {
        if (finding is not null)
        {
            throw new InvalidOperationException(finding);
        }
    }

    private async Task WatchAsync(CrashProcess process)
    {
        var kill = plan.KillsByTime ? process.KillAsync(plan.KillDelay) : null;
        var isClosing = false;
        var lines = 0;
        while (await process.ReadLineAsync() is { } line)
        {
            Require(model.Take(line));
            isClosing |= line == CrashJournal.Closing;
            Acknowledged += line.StartsWith(CrashJournal.PutDone, StringComparison.Ordinal)
                || line.StartsWith(CrashJournal.DeleteDone, StringComparison.Ordinal) ? 1 : 0;
            if (line == CrashJournal.Opened)
            {
                await RequireLockedAsync(process, kill is not null);
                process.LetFinish();
            }

            if (++lines == plan.KillAfterLines)
            {
                kill = process.KillAsync(plan.KillDelay);
            }
        }

        WasKilled = kill is not null && !isClosing;
        if (kill is not null)
        {
            await kill;
        }
    }

    /// <summary>While it lives, nobody else gets the folder, and is told who has it.</summary>
    private async Task RequireLockedAsync(CrashProcess process, bool mayBeDead)
    {
        var second = await OpenAsync();
        if (second.TryGet(out var store, out var error))
        {
            await store.DisposeAsync();
            Require(mayBeDead ? null : "the store could be opened twice");
        }
        else
        {
            var isNamed = error.Message.EndsWith($" {process.Id}", StringComparison.Ordinal);
            Require(isNamed ? null : $"the worker {process.Id} has the store, but: {error.Message}");
        }
    }

    private ValueTask<CacheResult<LocalStore>> OpenAsync() =>
        LocalStore.OpenAsync(plan.Options(folder), TimeProvider.System, NullLoggerFactory.Instance, default);

    private async Task ExamineAsync()
    {
        var opened = await OpenAsync();
        Require(opened.Error is { } error ? $"the store does not open again: {error.Message}" : null);
        await using var store = opened.Value;
        var entries = 0;
        for (var key = 0; key < CrashPlan.Keys; key++)
        {
            var found = await CrashReader.ReadAsync(store, key);
            Require(model.Check(key, found));
            var stat = await store.StatAsync(CrashReader.Id(key), default);
            Require(stat.Error is null && stat.Value is null == (found == CrashModel.Absent)
                ? null
                : $"key {key} reads as {found}, but its description says otherwise");
            entries += found == CrashModel.Absent ? 0 : 1;
        }

        var damaged = store.Statistics.DamagedBlobs;
        Require(damaged > 0 && plan.Kind != CrashKind.Torn ? $"{damaged} blobs are damaged" : null);
        Require(store.Statistics.Entries == entries
            ? null
            : $"{store.Statistics.Entries} entries are counted, {entries} are there");
        await CompareListingsAsync(store);
        await VerifyAsync(store, entries);
        model.CheckEnds();
    }

    private static async Task CompareListingsAsync(LocalStore store)
    {
        var entries = new List<ArtifactInfo>();
        await foreach (var info in store.ListAsync(null, default))
        {
            entries.Add(info);
        }

        foreach (var listing in CrashContent.Listings)
        {
            var page = (await store.ListAsync(new ListingQuery(listing), default)).Value;
            var expected = entries
                .Where(info => info.Metadata.Listing == listing)
                .OrderBy(info => info.Metadata.Key, StringComparer.Ordinal)
                .Select(info => info.Id);
            Require(!page.HasMore && page.Entries.Select(info => info.Id).SequenceEqual(expected)
                ? null
                : $"listing {listing} has {page.Entries.Count} entries, others than say so");
        }
    }

    /// <summary>What was damaged has been read, and dropped: verification finds no more, nor a file too many.</summary>
    private static async Task VerifyAsync(LocalStore store, int entries)
    {
        var first = await store.VerifyAsync(null, default);
        Require(first.Listings == 0 ? null : $"{first.Listings} rows of listings were wrong");
        var report = await store.VerifyAsync(null, default);
        Require(report.Damaged == 0 && report.Orphans == 0 && report.Entries == entries
            ? null
            : $"verification found {report}, expected {entries} entries and no fault");
        var statistics = store.Statistics;
        Require(statistics.WriteState == WriteState.Ok
            ? null
            : $"the store takes no writes: {statistics.WriteStateReason}");
        Require(statistics.StoredBytes <= statistics.MaxBytes
            ? null
            : $"{statistics.StoredBytes} bytes are kept, more than {statistics.MaxBytes}");
    }
}
