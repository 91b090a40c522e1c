using System.IO.Pipelines;

namespace Fabrik.Cache.Local;

/// <summary>Reads a whole store through, checks it against its digests, and puts listings right.</summary>
internal sealed class StoreVerifier(LocalStore store, StoreUpkeep upkeep, ListingMender mender)
{
    /// <summary>Entries between two reports of progress.</summary>
    private const int ProgressStep = 100;

    public async ValueTask<VerifyReport> RunAsync(
        IProgress<VerifyProgress>? progress, CancellationToken cancellationToken)
    {
        var (entries, bytes, listings) = (0L, 0L, 0L);
        var before = store.Statistics;
        await foreach (var info in store.ListAsync(null, cancellationToken))
        {
            var found = await store.InspectAsync(info.Id, cancellationToken);
            if (found.TryGet(out var artifact, out _) && artifact is not null)
            {
                await using (artifact)
                {
                    // A failure has been counted and logged where it was found.
                    await artifact.CopyToAsync(
                        PipeWriter.Create(Stream.Null), 0, artifact.Info.Size, cancellationToken);
                    bytes += artifact.Info.Size;
                }
            }

            listings += await mender.MendAsync(info, cancellationToken) ? 1 : 0;
            if (++entries % ProgressStep == 0)
            {
                progress?.Report(new VerifyProgress(entries, before.Entries, bytes));
            }
        }

        var orphans = await upkeep.SweepAsync();
        listings += await mender.MendRowsAsync(cancellationToken);
        return new VerifyReport(entries, bytes, store.Statistics.DamagedBlobs - before.DamagedBlobs, orphans)
        {
            Listings = listings,
        };
    }
}
