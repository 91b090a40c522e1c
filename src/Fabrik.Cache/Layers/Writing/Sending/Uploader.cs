using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Layers.Writing.Sending;

/// <summary>Opens an artifact of the local tier without counting it as a use.</summary>
internal delegate ValueTask<CacheResult<CachedArtifact?>> OpenArtifact(
    ArtifactId id, CancellationToken cancellationToken);

/// <summary>An order to be carried out.</summary>
/// <param name="Order">The order.</param>
/// <param name="IsThere">Whether the upstream said that it has something under this id.</param>
internal readonly record struct UploadTry(UploadOrder Order, bool IsThere = false);

/// <summary>Carries one order to an upstream, once.</summary>
internal sealed class Uploader(OpenArtifact open, TimeProvider time)
{
    /// <summary>Tries it.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<UploadResult> TryAsync(
        ICacheTier upstream, UploadTry what, CancellationToken cancellationToken)
    {
        var order = what.Order;
        var tier = upstream.For(order.Tenant);
        if (order.Operation == UploadOperation.Delete)
        {
            var deleted = await tier.DeleteAsync(order.Id, cancellationToken);
            return deleted.Error is { } refused
                ? UploadResult.OfUpstream(refused)
                : new UploadResult(UploadCount.Deleted, UpstreamSign.Answers);
        }

        var opened = await open(order.Id, cancellationToken);
        if (!opened.TryGet(out var artifact, out var error))
        {
            return UploadResult.OfLocal(error);
        }

        if (artifact is null)
        {
            return new UploadResult(UploadCount.Lost, UpstreamSign.None);
        }

        await using (artifact)
        {
            return what.IsThere && await IsSameAsync(tier, artifact.Info, cancellationToken)
                ? new UploadResult(UploadCount.AlreadyThere, UpstreamSign.Answers)
                : await PutAsync(tier, artifact, order, cancellationToken);
        }
    }

    /// <summary>
    /// Whether the upstream has the same bytes with the same facts. It need not know: then they are sent.
    /// </summary>
    private static async ValueTask<bool> IsSameAsync(
        ICacheTier tier, ArtifactInfo info, CancellationToken cancellationToken)
    {
        var answer = await tier.StatAsync(info.Id, cancellationToken);
        return answer.TryGet(out var there, out _)
            && there is not null
            && there.Digest == info.Digest
            && there.Size == info.Size
            && there.Metadata.Tool == info.Metadata.Tool
            && there.Metadata.Properties.SequenceEqual(info.Metadata.Properties);
    }

    private async ValueTask<UploadResult> PutAsync(
        ICacheTier tier, CachedArtifact artifact, UploadOrder order, CancellationToken cancellationToken)
    {
        var info = artifact.Info;
        var timeToLive = info.ExpiresAt - time.GetUtcNow();
        if (timeToLive <= TimeSpan.Zero)
        {
            return new UploadResult(UploadCount.Lost, UpstreamSign.None);
        }

        PutOptions options = new()
        {
            Metadata = info.Metadata.Unlisted(),
            ExpectedSize = info.Size,
            ExpectedDigest = info.Digest,
            Overwrite = order.Operation == UploadOperation.Replace,
            TimeToLive = timeToLive,
        };
        await using UploadBody body = UploadBody.Of(artifact, cancellationToken);
        var put = await tier.PutAsync(order.Id, body.Reader, options, cancellationToken);
        var failed = await body.EndAsync();
        return put.TryGet(out var outcome, out var error) ? OfOutcome(outcome, info.Size)
            : failed is not null ? UploadResult.OfLocal(failed)
            : UploadResult.OfUpstream(error);
    }

    private static UploadResult OfOutcome(PutOutcome outcome, long size) => outcome switch
    {
        PutOutcome.Stored => new(UploadCount.Uploaded, UpstreamSign.Answers) { Bytes = size },
        PutOutcome.Identical => new(UploadCount.AlreadyThere, UpstreamSign.Answers),
        _ => new(UploadCount.Kept, UpstreamSign.Answers),
    };
}
