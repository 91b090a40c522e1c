using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Upstreams.Objects;

/// <summary>Writes artifacts as objects of one prefix: whole and checked, or not at all.</summary>
internal sealed class ObjectWriter(ObjectSpace space, string prefix, ExistenceView existence, ObjectReader reader)
{
    /// <summary>Stores an artifact; see <see cref="ICacheTier.PutAsync"/>.</summary>
    public async ValueTask<CacheResult<PutOutcome>> PutAsync(
        ArtifactId id, PipeReader body, PutOptions options, CancellationToken cancellationToken)
    {
        if (!Describe(id, options).TryGet(out var head, out var error)
            || !ObjectEnvelope.Encode(head).TryGet(out var header, out error))
        {
            return error;
        }

        if (existence.Find(id) == Existence.Present)
        {
            var seen = await reader.StatAsync(id, cancellationToken);
            if (!seen.TryGet(out var there, out error))
            {
                return error;
            }

            if (there is not null && SparesUpload(there, head, options.Overwrite))
            {
                return Compare(there, head);
            }
        }

        using var verified = new VerifyingPipeReader(body, head.Size, head.Digest);
        var ifAbsent = !options.Overwrite && existence.Find(id) != Existence.Unusable;
        var content = new ObjectContent(header, verified, header.Length + head.Size);
        var sent = await SendAsync(ObjectKeys.Of(prefix, id), content, ifAbsent, cancellationToken);
        if (verified.Failure is not null || !sent.TryGet(out var isStored, out error))
        {
            return verified.Failure ?? sent.Error!;
        }

        if (!isStored)
        {
            return await MeetAsync(head, cancellationToken);
        }

        existence.LearnPresent(id, head.ExpiresAt);
        return PutOutcome.Stored;
    }

    private async ValueTask<CacheResult<bool>> SendAsync(
        string key, ObjectContent content, bool ifAbsent, CancellationToken cancellationToken)
    {
        var verified = (VerifyingPipeReader)content.Body;
        try
        {
            // An empty body is never asked for by a store, so it is looked at here.
            if (content.Length == content.Head.Length)
            {
                var read = await verified.ReadAsync(cancellationToken);
                verified.AdvanceTo(read.Buffer.Start);
            }

            return await space.Store.PutAsync(key, content, ifAbsent, cancellationToken);
        }
        catch (Exception) when (verified.Failure is { } failure)
        {
            return failure;
        }
    }

    // The store had one already when ours came.
    private async ValueTask<CacheResult<PutOutcome>> MeetAsync(ObjectHead ours, CancellationToken cancellationToken)
    {
        var seen = await reader.StatAsync(ours.Id, cancellationToken);
        if (!seen.TryGet(out var there, out var error))
        {
            return error;
        }

        // Having been looked at, what is there is known to be unusable: the next try replaces it, where that can be.
        return there is null
            ? new CacheError(
                space.Store.Traits.CanReplace ? CacheErrorKind.Unavailable : CacheErrorKind.Conflict,
                CacheErrorSource.Upstream,
                $"{reader.Upstream} keeps an object under an artifact's key that is not the artifact")
            : Compare(there, ours);
    }

    private CacheResult<ObjectHead> Describe(ArtifactId id, PutOptions options)
    {
        if (options.ExpectedSize is not { } size || options.ExpectedDigest is not { } digest)
        {
            return CacheError.Client(
                CacheErrorKind.InvalidRequest, $"{reader.Upstream} takes artifacts of a known size and SHA-256 only");
        }

        if (size > options.MaxSize)
        {
            return CacheError.Client(
                CacheErrorKind.TooLarge, $"the artifact has {size} bytes, more than {options.MaxSize}");
        }

        var now = space.Time.GetUtcNow();
        return new ObjectHead
        {
            Id = id,
            Digest = digest,
            Size = size,
            CreatedAt = now,
            ExpiresAt = options.TimeToLive is { } life && life < DateTimeOffset.MaxValue - now ? now + life : null,
            Metadata = options.Metadata,
        };
    }

    // Overwriting with the same content is worth an upload only when that makes it live longer.
    private static bool SparesUpload(ObjectHead there, ObjectHead ours, bool overwrite) =>
        !overwrite
        || (there.Digest == ours.Digest && (there.ExpiresAt is null || there.ExpiresAt >= ours.ExpiresAt));

    private static PutOutcome Compare(ObjectHead there, ObjectHead ours) =>
        there.Digest == ours.Digest ? PutOutcome.Identical : PutOutcome.Kept;
}
