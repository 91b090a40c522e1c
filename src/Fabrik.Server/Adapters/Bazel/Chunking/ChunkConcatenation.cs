using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Server.Auth;
using Fabrik.Wire.Bazel;

namespace Fabrik.Server.Adapters.Bazel.Chunking;

/// <summary>Stores a blob whose bytes are those of chunks, which are read while it is written.</summary>
internal sealed class ChunkConcatenation(BlobSpace blobs, CachePrincipal principal, ChunkLayout layout)
{
    private CacheError? _fault;

    /// <summary>A chunk that turned out to be missing, so that nothing was stored.</summary>
    public BlobDigest? Missing { get; private set; }

    /// <summary>Stores the blob, if the chunks are it.</summary>
    /// <returns>What became of it; an error too where there is a <see cref="Missing"/> one.</returns>
    public async ValueTask<CacheResult<PutOutcome>> StoreAsync(CancellationToken cancellationToken)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pipe = new Pipe(new PipeOptions(useSynchronizationContext: false));
        var copying = CopyAsync(pipe.Writer, giveUp.Token);
        try
        {
            var stored = await blobs.PutAsync(principal, layout.Blob, pipe.Reader, cancellationToken);
            return stored.Error is not null && _fault is { } fault ? fault : stored;
        }
        finally
        {
            // A tier that wants no more bytes leaves the rest of them where they are.
            await giveUp.CancelAsync();
            await copying;
            await pipe.Reader.CompleteAsync();
        }
    }

    private async Task CopyAsync(PipeWriter writer, CancellationToken cancellationToken)
    {
        Exception? end = null;
        try
        {
            foreach (var chunk in layout.Chunks)
            {
                if (await CopyAsync(chunk, writer, cancellationToken) is { } fault)
                {
                    _fault = fault;
                    end = new IOException(fault.Message, fault.Cause);
                    return;
                }
            }
        }
        catch (OperationCanceledException given)
        {
            end = given;
        }
        finally
        {
            await writer.CompleteAsync(end);
        }
    }

    private async ValueTask<CacheError?> CopyAsync(
        BlobDigest chunk, PipeWriter writer, CancellationToken cancellationToken)
    {
        var opened = await blobs.OpenAsync(principal, chunk, cancellationToken);
        if (!opened.TryGet(out var artifact, out var error))
        {
            return error;
        }

        if (artifact is null)
        {
            Missing = chunk;
            return CacheError.Client(CacheErrorKind.Incomplete, $"the chunk {chunk} is missing");
        }

        await using (artifact)
        {
            return (await artifact.CopyToAsync(writer, 0, chunk.Size, cancellationToken)).Error;
        }
    }
}
