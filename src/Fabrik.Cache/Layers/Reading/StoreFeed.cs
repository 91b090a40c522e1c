using System.Buffers;
using System.IO.Pipelines;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Layers.Reading;

/// <summary>
/// An artifact on its way into the local tier: what a transfer writes here, a put of the local tier reads. The pipe
/// between them paces the transfer by the local disk.
/// </summary>
internal sealed class StoreFeed
{
    // Enough for the disk to be busy while the next read of the network is under way.
    private const int PauseAt = 512 * 1024;

    private readonly Pipe _pipe = new(new PipeOptions(
        pauseWriterThreshold: PauseAt,
        resumeWriterThreshold: PauseAt / 2,
        minimumSegmentSize: Window.SegmentSize,
        useSynchronizationContext: false));

    private readonly Task<CacheResult<PutOutcome>> _put;
    private volatile bool _hasEnded;
    private volatile bool _hasFailed;

    public StoreFeed(ICacheTier local, ArtifactId id, PutOptions options) => _put = PutAsync(local, id, options);

    /// <summary>Whether the local tier will not have the artifact.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>Completes when the local tier is done with it, in whichever way.</summary>
    public Task Ended => _put;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (!_hasEnded)
        {
            _pipe.Writer.Write(bytes);
        }
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (!_hasEnded)
        {
            await _pipe.Writer.FlushAsync(cancellationToken);
        }
    }

    /// <summary>That was all of it.</summary>
    public async ValueTask<CacheResult<PutOutcome>> FinishAsync()
    {
        await _pipe.Writer.CompleteAsync();
        return await _put;
    }

    /// <summary>The rest will not come: nothing is stored.</summary>
    public async ValueTask AbortAsync()
    {
        await _pipe.Writer.CompleteAsync(new IOException("the transfer from the upstream broke off"));
        await _put;
    }

    /// <summary>Nothing is to be stored, from any thread; what was committed already stays.</summary>
    public void Forbid() => _pipe.Reader.CancelPendingRead();

    private async Task<CacheResult<PutOutcome>> PutAsync(ICacheTier local, ArtifactId id, PutOptions options)
    {
        CacheResult<PutOutcome> result = CacheError.Internal(CacheErrorKind.Io, "the local tier failed");
        try
        {
            // No token: the writer ends it by completing the pipe, after which nothing is left half written.
            result = await local.PutAsync(id, _pipe.Reader, options, CancellationToken.None);
        }
        catch (Exception error)
        {
            result = CacheError.Internal(CacheErrorKind.Io, $"the local tier failed: {error.Message}", error);
        }

        _hasFailed = !result.TryGet(out var outcome, out _) || outcome == PutOutcome.Kept;
        _hasEnded = true;
        await _pipe.Reader.CompleteAsync();
        return result;
    }
}
