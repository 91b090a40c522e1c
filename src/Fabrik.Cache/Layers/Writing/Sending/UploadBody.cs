using System.Buffers;
using System.IO.Pipelines;

namespace Fabrik.Cache.Layers.Writing.Sending;

/// <summary>The bytes of an artifact on their way to an upstream, of which a bounded number is in memory.</summary>
internal sealed class UploadBody : IAsyncDisposable
{
    /// <summary>Bytes between reading and sending.</summary>
    private const int MaxBuffered = 256 * 1024;

    private readonly CancellationTokenSource? _stopping;
    private Task _copying = Task.CompletedTask;
    private volatile CacheError? _failure;
    private volatile bool _hasEnded;

    private UploadBody(PipeReader reader, CancellationTokenSource? stopping)
    {
        Reader = reader;
        _stopping = stopping;
    }

    /// <summary>What the upstream reads from.</summary>
    public PipeReader Reader { get; }

    /// <summary>The body of an open artifact.</summary>
    public static UploadBody Of(CachedArtifact artifact, CancellationToken cancellationToken)
    {
        if (artifact.TryGetMemory(out var bytes))
        {
            return new UploadBody(PipeReader.Create(new ReadOnlySequence<byte>(bytes)), null);
        }

        Pipe pipe = new(new PipeOptions(
            pauseWriterThreshold: MaxBuffered,
            resumeWriterThreshold: MaxBuffered / 2,
            minimumSegmentSize: 32 * 1024,
            useSynchronizationContext: false));
        var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        UploadBody body = new(pipe.Reader, stopping);
        body._copying = body.CopyAsync(artifact, pipe.Writer, stopping.Token);
        return body;
    }

    /// <summary>Reads no further: the upstream has what it wants.</summary>
    /// <returns>What was wrong with the artifact, if its bytes ended early because of that.</returns>
    public async ValueTask<CacheError?> EndAsync()
    {
        if (!_hasEnded)
        {
            _hasEnded = true;
            await Reader.CompleteAsync();
            if (_stopping is not null)
            {
                await _stopping.CancelAsync();
            }
        }

        await _copying;
        return _failure;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _stopping?.Dispose();
    }

    private async Task CopyAsync(CachedArtifact artifact, PipeWriter destination, CancellationToken cancellationToken)
    {
        try
        {
            var copied = await artifact.CopyToAsync(destination, 0, artifact.Info.Size, cancellationToken);
            await CompleteAsync(
                destination, copied.Error, copied.Error is { } error ? new IOException(error.Message) : null);
        }
        catch (OperationCanceledException stopped)
        {
            await CompleteAsync(destination, null, stopped);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            await CompleteAsync(
                destination, CacheError.Internal(CacheErrorKind.Io, broken.Message, broken), broken);
        }
    }

    private ValueTask CompleteAsync(PipeWriter destination, CacheError? failure, Exception? exception)
    {
        // After the end a failure only says that nobody reads any more.
        _failure = _hasEnded ? null : failure;
        return destination.CompleteAsync(exception);
    }
}
