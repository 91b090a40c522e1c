using System.IO.Pipelines;

namespace Fabrik.Cache.Local.Blobs;

/// <summary>Receives a body, checks what was announced of it, and stages it in memory or in a file.</summary>
internal sealed class ContentReceiver(BlobFiles files, LocalStoreOptions options, ContentEncoding encoding)
{
    /// <summary>Receives a body to its end. A failure leaves nothing behind.</summary>
    public async ValueTask<CacheResult<StagedContent>> ReceiveAsync(
        PipeReader body, PutOptions put, CancellationToken cancellationToken)
    {
        if (put.ExpectedSize > put.MaxSize)
        {
            return TooLarge(put);
        }

        using var stage = new ContentStage(files, options, encoding, put.ExpectedSize);
        try
        {
            var fault = await ReadAsync(body, stage, put, cancellationToken);
            return fault ?? await FinishAsync(stage, put, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception error) when (error is IOException or InvalidOperationException or UnauthorizedAccessException
            or OperationCanceledException)
        {
            return stage.IsWriting
                ? StoreFaults.ToError(error)
                : new CacheError(CacheErrorKind.Incomplete, CacheErrorSource.Client, "the upload ended early", error);
        }
    }

    private static async ValueTask<CacheError?> ReadAsync(
        PipeReader body, ContentStage stage, PutOptions put, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            try
            {
                if (read.IsCanceled)
                {
                    return CacheError.Client(CacheErrorKind.Incomplete, "the upload was broken off");
                }

                if (stage.Size + read.Buffer.Length > put.MaxSize)
                {
                    return TooLarge(put);
                }

                await stage.AddAsync(read.Buffer, cancellationToken);
            }
            finally
            {
                // After a failure too: whoever answers reads on, and a read that is under way forbids the next one.
                body.AdvanceTo(read.Buffer.End);
            }

            if (read.IsCompleted)
            {
                return null;
            }
        }
    }

    private static async ValueTask<CacheResult<StagedContent>> FinishAsync(
        ContentStage stage, PutOptions put, CancellationToken cancellationToken)
    {
        if (put.ExpectedSize is { } expected && expected != stage.Size)
        {
            return CacheError.Client(
                CacheErrorKind.Incomplete, $"{expected} bytes were announced, {stage.Size} came");
        }

        var digest = stage.TakeDigest();
        if (put.ExpectedDigest is { } announced && announced != digest)
        {
            return CacheError.Client(
                CacheErrorKind.DigestMismatch, $"the bytes have the digest {digest}, not {announced}");
        }

        return await stage.FinishAsync(digest, cancellationToken);
    }

    private static CacheError TooLarge(PutOptions put) =>
        CacheError.Client(CacheErrorKind.TooLarge, $"the artifact is larger than the limit of {put.MaxSize} bytes");
}
