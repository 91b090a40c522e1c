using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Layers.Reading;

/// <summary>
/// Drives one transfer to its end: where an upstream breaks off, the same one or the next that has the same digest goes
/// on at the offset. The number of tries is limited.
/// </summary>
internal sealed class TransferPump(ReadPath path, LayeredView view, Transfer transfer) : IAsyncDisposable
{
    private readonly HashSet<int> _contributors = [];
    private CachedArtifact? _resumed;

    /// <summary>Upstreams whose bytes are in the transfer.</summary>
    public IReadOnlyCollection<int> Contributors => _contributors;

    /// <summary>Goes on until everything is here, or nobody delivers it or wants it.</summary>
    /// <param name="first">The answer that is open already; its owner disposes of it.</param>
    /// <param name="source">The index of the upstream that it comes from.</param>
    /// <param name="cancellationToken">Ends it at shutdown.</param>
    public async ValueTask RunAsync(CachedArtifact first, int source, CancellationToken cancellationToken)
    {
        var artifact = first;
        for (var tries = 0; !transfer.IsWhole; tries++)
        {
            var begin = transfer.Offset;
            var error = await CopyAsync(artifact, source, cancellationToken);
            if (transfer.IsWhole || transfer.IsOversized || transfer.IsAbandoned)
            {
                return;
            }

            if (tries == path.Options.MaxResumes)
            {
                break;
            }

            // Who delivered nothing, or noticed itself that its bytes are bad, is not the first choice to go on.
            if (transfer.Offset == begin || error?.Kind is CacheErrorKind.Damaged or CacheErrorKind.DigestMismatch)
            {
                (artifact, source) = await ElsewhereAsync(source, cancellationToken);
                if (artifact is null)
                {
                    break;
                }
            }

            path.Counters.Resumed();
            LayerLog.Resumed(path.Logger, transfer.Info.Id.ToString(), transfer.Offset, error?.Message ?? "it ended");
        }

        if (!transfer.IsWhole)
        {
            path.Counters.Broken();
            LayerLog.Broken(path.Logger, transfer.Info.Id.ToString(), transfer.Offset, transfer.Info.Size);
        }
    }

    public ValueTask DisposeAsync() => _resumed?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async ValueTask<CacheError?> CopyAsync(
        CachedArtifact artifact, int source, CancellationToken cancellationToken)
    {
        var from = view.Sources[source];
        var begin = transfer.Offset;
        transfer.Source = from;
        var writer = new TransferWriter(transfer);
        var isClean = false;
        try
        {
            var error = await from.CopyAsync(artifact, writer, begin, cancellationToken);
            isClean = error is null;
            if (!transfer.IsWhole && !transfer.IsAbandoned)
            {
                from.Counters.Failed();
            }

            return error;
        }
        finally
        {
            writer.Close();
            if (!isClean)
            {
                // A guard may have left the upstream behind in the middle of a read into memory of the window.
                transfer.Seal();
            }

            if (transfer.Offset > begin || transfer.IsOversized)
            {
                _contributors.Add(source);
            }
        }
    }

    /// <summary>
    /// Another answer with the same content: of the next upstreams in their order, at last of this one.
    /// </summary>
    private async ValueTask<(CachedArtifact Artifact, int Source)> ElsewhereAsync(
        int current, CancellationToken cancellationToken)
    {
        await DisposeAsync();
        _resumed = null;
        for (var step = 1; step <= view.Sources.Count; step++)
        {
            var source = (current + step) % view.Sources.Count;
            if (path.IsSuspect(transfer.Info.Id, source))
            {
                continue;
            }

            var found = await view.Sources[source].GetAsync(transfer.Info.Id, cancellationToken);
            if (!found.TryGet(out var artifact, out _) || artifact is null)
            {
                continue;
            }

            if (IsSame(artifact.Info))
            {
                _resumed = artifact;
                return (artifact, source);
            }

            await artifact.DisposeAsync();
        }

        return default;
    }

    private bool IsSame(ArtifactInfo info) => info.Digest == transfer.Info.Digest && info.Size == transfer.Info.Size;
}
