using System.Runtime.CompilerServices;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local;

namespace Fabrik.StoreAccess;

/// <summary>A store that this process holds.</summary>
/// <param name="store">The store, which stays the caller's unless <paramref name="isOwned"/>.</param>
/// <param name="time">The clock, for ages.</param>
/// <param name="isOwned">Whether the store is closed with this.</param>
internal sealed class OpenStore(LocalStore store, TimeProvider time, bool isOwned = false) : IStoreAccess
{
    // Deletions are commands of the store, one commit each; a batch of this many is on its way at a time.
    private const int DeletesInFlight = 64;

    public ValueTask<CacheResult<StoreStatistics>> StatisticsAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<StoreStatistics>>(store.Statistics);

    public async IAsyncEnumerable<StoreEntry> ListAsync(
        EntryFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int left = filter.Limit;
        await foreach (ArtifactInfo info in store.ListAsync(null, cancellationToken))
        {
            if (left == 0)
            {
                yield break;
            }

            if (IsOf(info, filter.Tool))
            {
                left--;
                yield return ToEntry(info);
            }
        }
    }

    public async ValueTask<CacheResult<CleanReport>> CleanAsync(
        CleanRequest request, CancellationToken cancellationToken)
    {
        if (request.KeepBytes is { } keep)
        {
            CacheResult<EvictReport> evicted = await store.EvictAsync(keep, cancellationToken);
            return evicted.TryGet(out EvictReport report, out CacheError? failure)
                ? new CleanReport(report.Entries, report.StoredBytes)
                : failure;
        }

        if (request is { Tool: "", UnusedFor: null })
        {
            long entries = store.Statistics.Entries;
            CacheResult<Unit> cleared = await store.ClearAsync(cancellationToken);
            return cleared.Error is { } error ? error : new CleanReport(entries, store.Statistics.StoredBytes);
        }

        return await DeleteMatchingAsync(request, cancellationToken);
    }

    public async ValueTask<CacheResult<VerifyReport>> VerifyAsync(
        IProgress<VerifyProgress> progress, CancellationToken cancellationToken) =>
        await store.VerifyAsync(progress, cancellationToken);

    public ValueTask DisposeAsync() => isOwned ? store.DisposeAsync() : ValueTask.CompletedTask;

    private async ValueTask<CacheResult<CleanReport>> DeleteMatchingAsync(
        CleanRequest request, CancellationToken cancellationToken)
    {
        long entries = 0;
        List<ArtifactId> batch = [];
        await foreach (ArtifactInfo info in store.ListAsync(null, cancellationToken))
        {
            if (!IsOf(info, request.Tool) || !IsUnusedFor(info, request.UnusedFor))
            {
                continue;
            }

            batch.Add(info.Id);
            if (batch.Count == DeletesInFlight)
            {
                if (await DeleteAsync(batch, cancellationToken) is { } error)
                {
                    return error;
                }

                entries += batch.Count;
                batch.Clear();
            }
        }

        return await DeleteAsync(batch, cancellationToken) is { } last
            ? last
            : new CleanReport(entries + batch.Count, store.Statistics.StoredBytes);
    }

    private async ValueTask<CacheError?> DeleteAsync(List<ArtifactId> ids, CancellationToken cancellationToken)
    {
        CacheResult<bool>[] results = await Task.WhenAll(
            ids.Select(id => store.DeleteAsync(id, cancellationToken).AsTask()));
        return results.Select(result => result.Error).FirstOrDefault(error => error is not null);
    }

    private static bool IsOf(ArtifactInfo info, string tool) => tool.Length == 0 || info.Metadata.Tool == tool;

    private bool IsUnusedFor(ArtifactInfo info, TimeSpan? age) =>
        age is null || time.GetUtcNow() - (info.LastAccessedAt ?? info.CreatedAt) >= age;

    private static StoreEntry ToEntry(ArtifactInfo info) => new()
    {
        Id = info.Id.ToString(),
        Tool = info.Metadata.Tool,
        Key = info.Metadata.Key,
        Size = info.Size,
        Digest = info.Digest.ToString(),
        CreatedAt = info.CreatedAt,
        LastAccessedAt = info.LastAccessedAt,
        ExpiresAt = info.ExpiresAt,
    };
}
