using System.Buffers;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Server.Auth;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>
/// What actions made, the same for every door: kept in the trust scope of who wrote it, found in those of who asks, and
/// served only when all that it names is there.
/// </summary>
internal sealed class ActionResults(ServerServices services, BlobSpace blobs)
{
    /// <summary>The most bytes of a result: what a message may have.</summary>
    public const int MaxResult = 4 * 1024 * 1024;

    // How much of a key is kept for people; see ArtifactMetadata.Key.
    private const int MaxKeyShown = 256;

    private readonly CompletenessCheck _completeness = new(blobs);
    private readonly FaultReport _faults = new(
        services.Metrics, services.Logs.CreateLogger("Fabrik.Server.bazel"), BlobSpace.Tool);

    /// <summary>
    /// Finds the complete result in the first scope that has one; <see langword="null"/> is a miss. What cannot be read
    /// any more, or is incomplete, is counted and is none.
    /// </summary>
    public async ValueTask<CacheResult<ActionResult?>> FindAsync(
        CachePrincipal principal, ActionKey key, CancellationToken cancellationToken)
    {
        foreach (var scope in principal.ReadScopes)
        {
            var found = await FindAsync(principal, key.IdIn(principal.Tenant, scope), cancellationToken);
            if (found.Error is not null || found.Value is not null)
            {
                return found;
            }
        }

        return default(ActionResult);
    }

    /// <summary>
    /// Stores a result whose digests are good (<see cref="ActionResultRules"/>). One that is there is kept if the
    /// writer may not overwrite it, unless it is of no more use.
    /// </summary>
    public async ValueTask<CacheResult<PutOutcome>> PutAsync(
        CachePrincipal principal, ActionKey key, ActionResult result, CancellationToken cancellationToken)
    {
        var size = result.CalculateSize();
        if (size > MaxResult)
        {
            return CacheError.Client(
                CacheErrorKind.TooLarge, $"the result has {size} bytes, and at most {MaxResult} are stored");
        }

        var id = key.IdIn(principal.Tenant, principal.WriteScope);
        var bytes = result.ToByteArray();
        var options = OptionsFor(key, bytes.Length) with { Overwrite = principal.May(Permissions.Overwrite) };
        var put = await PutAsync(principal, id, bytes, options, cancellationToken);
        if (put.Error is not null || put.Value != PutOutcome.Kept)
        {
            return put;
        }

        // Whoever asked for it was told that there is none; it must not stay in the way of one that is served.
        var kept = await FindAsync(principal, id, cancellationToken);
        return kept.Error is not null || kept.Value is not null
            ? put
            : await PutAsync(principal, id, bytes, options with { Overwrite = true }, cancellationToken);
    }

    private ValueTask<CacheResult<PutOutcome>> PutAsync(
        CachePrincipal principal,
        ArtifactId id,
        byte[] bytes,
        PutOptions options,
        CancellationToken cancellationToken) =>
        services.CacheOf(principal).PutAsync(
            id, PipeReader.Create(new ReadOnlySequence<byte>(bytes)), options, cancellationToken);

    private static PutOptions OptionsFor(ActionKey key, int size)
    {
        var text = key.ToString();
        return new PutOptions
        {
            Metadata = new ArtifactMetadata
            {
                Tool = BlobSpace.Tool,
                Key = text.Length <= MaxKeyShown ? text : text[..MaxKeyShown],
            },
            ExpectedSize = size,
            MaxSize = MaxResult,
        };
    }

    private async ValueTask<CacheResult<ActionResult?>> FindAsync(
        CachePrincipal principal, ArtifactId id, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(principal, id, cancellationToken);
        if (read.Error is { Kind: CacheErrorKind.Damaged } damage)
        {
            _faults.Report(damage);
            return default(ActionResult);
        }

        if (!read.TryGet(out var result, out var error) || result is null)
        {
            return error is null ? default(ActionResult) : error;
        }

        var checkedAll = await _completeness.FindMissingAsync(principal, result, cancellationToken);
        if (!checkedAll.TryGet(out var missing, out error))
        {
            return error;
        }

        if (missing is null)
        {
            return result;
        }

        services.Metrics.IncompleteResult();
        return default(ActionResult);
    }

    private async ValueTask<CacheResult<ActionResult?>> ReadAsync(
        CachePrincipal principal, ArtifactId id, CancellationToken cancellationToken)
    {
        var opened = await services.CacheOf(principal).GetAsync(id, cancellationToken);
        if (!opened.TryGet(out var artifact, out var error) || artifact is null)
        {
            return error is null ? default(ActionResult) : error;
        }

        await using (artifact)
        {
            if (artifact.Info.Size > MaxResult)
            {
                return Damaged("it is larger than any");
            }

            var read = await BlobReader.ReadAsync(artifact, cancellationToken);
            return read.TryGet(out var bytes, out error) ? Parse(bytes) : error;
        }
    }

    private static CacheResult<ActionResult?> Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return ActionResult.Parser.ParseFrom(bytes.Span);
        }
        catch (InvalidProtocolBufferException exception)
        {
            return Damaged(exception.Message);
        }
    }

    private static CacheError Damaged(string why) =>
        CacheError.Internal(CacheErrorKind.Damaged, $"what is stored as the result of an action is none: {why}");
}
