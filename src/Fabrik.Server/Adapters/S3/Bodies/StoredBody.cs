using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Wire.Http;
using Fabrik.Wire.S3.Checksums;

namespace Fabrik.Server.Adapters.S3.Bodies;

/// <summary>
/// Stored bytes on their way into another entry: those of a copy's source, or of the parts of an upload, in order. Held
/// in memory is what the reader has not taken, 512 KiB at most.
/// </summary>
internal sealed class StoredBody : IAsyncDisposable
{
    private const int MaxHeld = 512 * 1024;

    private readonly Pipe _pipe = new(new PipeOptions(
        pauseWriterThreshold: MaxHeld, resumeWriterThreshold: MaxHeld / 2, useSynchronizationContext: false));

    private readonly CancellationTokenSource _end;
    private readonly Task _pump;

    /// <summary>Begins to read.</summary>
    /// <param name="open">Opens the pieces one by one; an error ends the body with it.</param>
    /// <param name="algorithms">The checksums that are taken, besides MD5.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public StoredBody(
        IAsyncEnumerable<CacheResult<(CachedArtifact Artifact, ByteRange Range)>> open,
        ChecksumAlgorithms algorithms,
        CancellationToken cancellationToken)
    {
        Checksums = new ChecksumSet(ChecksumAlgorithms.Md5 | algorithms);
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Reader = new HashingReader(_pipe.Reader, Checksums);
        _pump = PumpAsync(open);
    }

    /// <summary>The bytes.</summary>
    public PipeReader Reader { get; }

    /// <summary>Why they ended early; <see langword="null"/> if they did not.</summary>
    public CacheError? Error { get; private set; }

    /// <summary>The checksums of what has passed.</summary>
    public ChecksumSet Checksums { get; }

    /// <summary>The MD5 of what has passed, in hex.</summary>
    public string Md5
    {
        get
        {
            Span<byte> md5 = stackalloc byte[16];
            Checksums.Get(ChecksumAlgorithms.Md5, md5);
            return Convert.ToHexStringLower(md5);
        }
    }

    /// <summary>Breaks off what is still being read.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _pipe.Reader.CompleteAsync();
        await _pump;
        Checksums.Dispose();
        _end.Dispose();
    }

    private async Task PumpAsync(IAsyncEnumerable<CacheResult<(CachedArtifact Artifact, ByteRange Range)>> open)
    {
        try
        {
            await foreach (var opened in open.WithCancellation(_end.Token))
            {
                if (!opened.TryGet(out var piece, out var error))
                {
                    Error = error;
                    break;
                }

                await using (piece.Artifact)
                {
                    var copied = await piece.Artifact.CopyToAsync(
                        _pipe.Writer, piece.Range.Offset, piece.Range.Length, _end.Token);
                    Error = copied.Error;
                }

                if (Error is not null)
                {
                    break;
                }
            }

            await _pipe.Writer.CompleteAsync(
                Error is null ? null : new IOException("the bytes to be copied could not be read"));
        }
        catch (OperationCanceledException)
        {
            await _pipe.Writer.CompleteAsync(new IOException("the copy was broken off"));
        }
    }
}
