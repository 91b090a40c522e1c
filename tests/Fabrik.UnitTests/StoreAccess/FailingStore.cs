using System.Runtime.CompilerServices;
using Fabrik.Cache;
using Fabrik.Cache.Local;
using Fabrik.StoreAccess;

namespace Fabrik.UnitTests.StoreAccess;

/// <summary>A store whose disk fails: at once, or in the middle of a list.</summary>
internal sealed class FailingStore : IStoreAccess
{
    public const string ToolThatFailsAtOnce = "none";

    public static CacheError Error { get; } = CacheError.Internal(CacheErrorKind.ReadOnly, "the disk is \"read-only\"");

    public ValueTask<CacheResult<StoreStatistics>> StatisticsAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<StoreStatistics>>(Error);

    public async IAsyncEnumerable<StoreEntry> ListAsync(
        EntryFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int i = 0; i < 10 && filter.Tool != ToolThatFailsAtOnce; i++)
        {
            yield return new StoreEntry
            {
                Id = "00",
                Tool = "gradle",
                Key = $"key-{i}",
                Size = i,
                Digest = "00",
                CreatedAt = DateTimeOffset.UnixEpoch,
            };
        }

        await Task.Yield();
        throw new IOException("the disk failed");
    }

    public ValueTask<CacheResult<CleanReport>> CleanAsync(
        CleanRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<CleanReport>>(Error);

    public ValueTask<CacheResult<VerifyReport>> VerifyAsync(
        IProgress<VerifyProgress> progress, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<VerifyReport>>(Error);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
