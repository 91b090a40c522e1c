using System.Buffers;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Proxies.Storage;

/// <summary>Which body: that of one answer.</summary>
/// <param name="Key">Of which resource.</param>
/// <param name="Generation">Its generation.</param>
internal readonly record struct BodyKey(ResourceKey Key, long Generation);

/// <summary>The parts of bodies that are kept, each an entry of the store.</summary>
internal sealed class SliceStore(ICacheTier tier)
{
    private const string Tool = "s3-proxy";

    private static readonly ArtifactMetadata Metadata = new() { Tool = Tool };

    /// <summary>A slice, or null; a store that fails is one that does not have it.</summary>
    public ValueTask<CachedArtifact?> FindAsync(BodyKey body, long index, CancellationToken cancellationToken) =>
        FindAsync(body.Key.SliceId(body.Generation, index), cancellationToken);

    /// <summary>A slice by its id (<see cref="StoredVariant.SliceId"/>), or null.</summary>
    public async ValueTask<CachedArtifact?> FindAsync(ArtifactId slice, CancellationToken cancellationToken)
    {
        var found = await tier.GetAsync(slice, cancellationToken);
        return found.TryGet(out var artifact, out _) ? artifact : null;
    }

    /// <summary>Removes a slice whose bytes are damaged.</summary>
    public async ValueTask DropAsync(ArtifactId slice, CancellationToken cancellationToken) =>
        await tier.DeleteAsync(slice, cancellationToken);

    /// <summary>The first slice that is there, of some from <paramref name="first"/> on; null for none.</summary>
    /// <remarks>One by one: to ask for many at a time promises each for hours, and what is promised stays.</remarks>
    public async ValueTask<long?> FirstAsync(BodyKey body, long first, int count, CancellationToken cancellationToken)
    {
        for (var index = first; index < first + count; index++)
        {
            var found = await tier.StatAsync(body.Key.SliceId(body.Generation, index), cancellationToken);
            if (found.TryGet(out var info, out _) && info is not null)
            {
                return index;
            }
        }

        return null;
    }

    /// <summary>Keeps a slice; false when the store did not take it.</summary>
    public async ValueTask<bool> KeepAsync(
        BodyKey body, long index, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(new ReadOnlySequence<byte>(bytes));
        try
        {
            var put = await tier.PutAsync(
                body.Key.SliceId(body.Generation, index),
                reader,
                new PutOptions { Metadata = Metadata, ExpectedSize = bytes.Length, Overwrite = true },
                cancellationToken);
            return put.Error is null;
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    /// <summary>Removes the slices of a body that nobody will ask for again.</summary>
    public async ValueTask DropAsync(BodyKey body, long count, CancellationToken cancellationToken)
    {
        for (long index = 0; index < count; index++)
        {
            await tier.DeleteAsync(body.Key.SliceId(body.Generation, index), cancellationToken);
        }
    }
}
