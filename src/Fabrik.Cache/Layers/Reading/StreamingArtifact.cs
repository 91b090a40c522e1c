using System.IO.Pipelines;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Layers.Reading;

/// <summary>
/// A hit that is still on its way from an upstream: read from the fetch's window, and from the local tier where the
/// window has passed this reader.
/// </summary>
internal sealed class StreamingArtifact(ArtifactInfo info, Window window, WindowSeat seat, ICacheTier local)
    : CachedArtifact
{
    public override ArtifactInfo Info => info;

    public override async ValueTask<CacheResult<Unit>> CopyToAsync(
        PipeWriter destination, long offset, long length, CancellationToken cancellationToken)
    {
        window.Seek(seat, offset);
        var end = offset + length;
        while (offset < end)
        {
            var wanted = (int)Math.Min(Window.SegmentSize, end - offset);
            var read = window.Read(seat, end, destination.GetMemory(wanted).Span);
            if (read.Failure is { } failure)
            {
                return failure;
            }

            if (read.IsLocal)
            {
                return await CopyLocalAsync(destination, (offset, end - offset), cancellationToken);
            }

            if (read.Change is { } change)
            {
                await change.WaitAsync(cancellationToken);
                continue;
            }

            offset += read.Count;
            destination.Advance(read.Count);
            var flush = await destination.FlushAsync(cancellationToken);
            if ((flush.IsCompleted || flush.IsCanceled) && offset < end)
            {
                return CacheError.Client(CacheErrorKind.Incomplete, "the receiver of an artifact took no more of it");
            }
        }

        return default(Unit);
    }

    public override ValueTask DisposeAsync()
    {
        window.Leave(seat);
        return ValueTask.CompletedTask;
    }

    private async ValueTask<CacheResult<Unit>> CopyLocalAsync(
        PipeWriter destination, (long Offset, long Length) range, CancellationToken cancellationToken)
    {
        var found = await local.GetAsync(info.Id, cancellationToken);
        if (!found.TryGet(out var artifact, out var error))
        {
            return error;
        }

        if (artifact is null)
        {
            return Gone("is there no more");
        }

        await using (artifact)
        {
            return artifact.Info.Digest == info.Digest
                ? await artifact.CopyToAsync(destination, range.Offset, range.Length, cancellationToken)
                : Gone("has been replaced");
        }
    }

    private static CacheError Gone(string how) =>
        CacheError.Internal(CacheErrorKind.Incomplete, $"the artifact that was just stored {how}");
}
