using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Upstreams.FabrikServer;

/// <summary>
/// A hit at a server. A whole artifact goes on with the answer that is open; any other part, and a second try, is a new
/// request, which must find the same content.
/// </summary>
internal sealed class ServerArtifact(ServerCalls calls, Download download) : CachedArtifact
{
    private bool _isTaken;

    /// <inheritdoc/>
    public override ArtifactInfo Info { get; } = download.Info;

    /// <summary>Whether everything came with the first message.</summary>
    public bool IsHere => download.Here.Length == Info.Size;

    /// <inheritdoc/>
    public override bool TryGetMemory(out ReadOnlyMemory<byte> bytes)
    {
        // Received chunks lie in one piece.
        bytes = IsHere ? download.Here.First : default;
        return IsHere;
    }

    /// <inheritdoc/>
    public override async ValueTask<CacheResult<Unit>> CopyToAsync(
        PipeWriter destination, long offset, long length, CancellationToken cancellationToken)
    {
        if (length == 0)
        {
            return default(Unit);
        }

        if (TryGetMemory(out var bytes))
        {
            var flush = await destination.WriteAsync(bytes.Slice((int)offset, (int)length), cancellationToken);
            return flush.IsCompleted || flush.IsCanceled
                ? CacheError.Client(CacheErrorKind.Incomplete, "the receiver of an artifact took no more of it")
                : default(Unit);
        }

        if (offset == 0 && length == Info.Size && !_isTaken)
        {
            _isTaken = true;
            return await download.CopyToAsync(destination, length, cancellationToken);
        }

        return await CopyPartAsync(destination, (offset, length), cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        download.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<CacheResult<Unit>> CopyPartAsync(
        PipeWriter destination, (long Offset, long Length) range, CancellationToken cancellationToken)
    {
        var opened = await Download.OpenAsync(calls, Info.Id, range, cancellationToken);
        if (!opened.TryGet(out var part, out var error))
        {
            return error;
        }

        if (part is null)
        {
            return ServerFaults.Create(
                CacheErrorKind.Incomplete, $"{calls.Name} does not have {Info.Id} any more");
        }

        using (part)
        {
            return part.Info.Digest == Info.Digest && part.Info.Size == Info.Size
                ? await part.CopyToAsync(destination, range.Length, cancellationToken)
                : ServerFaults.Create(
                    CacheErrorKind.DigestMismatch,
                    $"{calls.Name} has {part.Info.Digest} for {Info.Id} now, and not {Info.Digest} as before");
        }
    }
}
