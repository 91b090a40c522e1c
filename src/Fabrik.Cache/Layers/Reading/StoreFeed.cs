using System.Buffers;
using System.IO.Pipelines;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Layers.Reading;

/// <summary>
/// An artifact on its way into the local tier: what a transfer writes here, a put of the local tier reads. The pipe
/// between them paces the transfer by the local disk. One that is in memory already needs none.
/// </summary>
internal sealed class StoreFeed
{
    // Enough for the disk to be busy while the next read of the network is under way.
    private const int PauseAt = 512 * 1024;

    private readonly PipeReader _reader;
    private readonly PipeWriter? _writer;
    private readonly TaskCompletionSource<CacheResult<PutOutcome>> _result =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile bool _hasEnded;
    private volatile bool _hasFailed;

    /// <summary>For an artifact that comes piece by piece.</summary>
    public StoreFeed(long size, SegmentPool segments)
    {
        Pipe pipe = new(new PipeOptions(
            pool: size < Window.SegmentSize ? MemoryPool<byte>.Shared : segments,
            pauseWriterThreshold: PauseAt,
            resumeWriterThreshold: PauseAt / 2,
            minimumSegmentSize: Window.SegmentSizeFor(size),
            useSynchronizationContext: false));
        (_reader, _writer) = (pipe.Reader, pipe.Writer);
    }

    /// <summary>For an artifact that is here; its bytes stay where they are until <see cref="Ended"/>.</summary>
    public StoreFeed(ReadOnlyMemory<byte> bytes) =>
        _reader = PipeReader.Create(new ReadOnlySequence<byte>(bytes));

    /// <summary>Whether the local tier will not have the artifact.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>Completes when the local tier is done with it, in whichever way.</summary>
    public Task Ended => _result.Task;

    /// <summary>Begins to store it; once, and always, because others wait for the end.</summary>
    public void Start(ICacheTier local, ArtifactId id, PutOptions options) => _ = PutAsync(local, id, options);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (!_hasEnded)
        {
            _writer!.Write(bytes);
        }
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (!_hasEnded)
        {
            await _writer!.FlushAsync(cancellationToken);
        }
    }

    /// <summary>That was all of it.</summary>
    public async ValueTask<CacheResult<PutOutcome>> FinishAsync()
    {
        if (_writer is not null)
        {
            await _writer.CompleteAsync();
        }

        return await _result.Task;
    }

    /// <summary>The rest will not come: nothing is stored.</summary>
    public async ValueTask AbortAsync()
    {
        if (_writer is not null)
        {
            await _writer.CompleteAsync(new IOException("the transfer from the upstream broke off"));
        }

        await _result.Task;
    }

    /// <summary>Nothing is to be stored, from any thread; what was committed already stays.</summary>
    public void Forbid() => _reader.CancelPendingRead();

    private async Task PutAsync(ICacheTier local, ArtifactId id, PutOptions options)
    {
        CacheResult<PutOutcome> result = CacheError.Internal(CacheErrorKind.Io, "the local tier failed");
        try
        {
            // No token: the writer ends it by completing the pipe, after which nothing is left half written.
            result = await local.PutAsync(id, _reader, options, CancellationToken.None);
        }
        catch (Exception error)
        {
            result = CacheError.Internal(CacheErrorKind.Io, $"the local tier failed: {error.Message}", error);
        }

        _hasFailed = !result.TryGet(out var outcome, out _) || outcome == PutOutcome.Kept;
        _hasEnded = true;
        await _reader.CompleteAsync();
        _result.SetResult(result);
    }
}
