using System.Buffers;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Adapters.Bazel.Explain;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Server.Auth;
using Fabrik.Wire.Protos;
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
    private readonly LookupReport _lookups = new(services.Metrics, services.Actions);
    private readonly FaultReport _faults = new(
        services.Metrics, services.Logs.CreateLogger("Fabrik.Server.bazel"), BlobSpace.Tool);

    /// <summary>
    /// Finds the complete result in the first scope that has one; <see langword="null"/> is a miss. What cannot be read
    /// any more, or is incomplete, is counted and is none.
    /// </summary>
    public async ValueTask<CacheResult<ActionResult?>> FindAsync(
        ActionRequest request, CancellationToken cancellationToken)
    {
        var none = new FoundResult(LookupOutcome.Miss, null);
        var scopeOfNone = request.Principal.ReadScopes is [var own, ..] ? own : "";
        foreach (var scope in request.Principal.ReadScopes)
        {
            var looked = await LookAsync(request.Principal, request.Key, scope, cancellationToken);
            if (!looked.TryGet(out var found, out var error))
            {
                _lookups.Failed(request, scope, error);
                return error;
            }

            if (found.Outcome == LookupOutcome.Hit)
            {
                _lookups.Ended(request, scope, found);
                return found.Result;
            }

            if (found.Outcome == LookupOutcome.Incomplete)
            {
                services.Metrics.IncompleteResult();
            }

            if (none.Outcome == LookupOutcome.Miss && found.Outcome != LookupOutcome.Miss)
            {
                (none, scopeOfNone) = (found, scope);
            }
        }

        _lookups.Ended(request, scopeOfNone, none);
        return default(ActionResult);
    }

    /// <summary>
    /// Stores a result whose digests are good (<see cref="ActionResultRules"/>). One that is there is kept if the
    /// writer may not overwrite it, unless it is of no more use.
    /// </summary>
    public async ValueTask<CacheResult<PutOutcome>> PutAsync(
        ActionRequest request, ActionResult result, CancellationToken cancellationToken)
    {
        var put = await StoreAsync(request.Principal, request.Key, result, cancellationToken);
        if (put.Error is { } error)
        {
            _lookups.Failed(request, request.Principal.WriteScope, error);
        }
        else
        {
            _lookups.Written(request, put.Value);
        }

        return put;
    }

    /// <summary>Looks into one scope. It counts as an access; what is damaged is counted and logged.</summary>
    public async ValueTask<CacheResult<FoundResult>> LookAsync(
        CachePrincipal principal, ActionKey key, string scope, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(principal, key.IdIn(principal.Tenant, scope), cancellationToken);
        if (read.Error is { Kind: CacheErrorKind.Damaged } damage)
        {
            _faults.Report(damage);
            return new FoundResult(LookupOutcome.Damaged, null);
        }

        if (!read.TryGet(out var found, out var error) || found.Result is not { } result)
        {
            return error is null ? found : error;
        }

        var checkedAll = await _completeness.FindMissingAsync(principal, result, cancellationToken);
        if (!checkedAll.TryGet(out var missing, out error) && error is not null)
        {
            return error;
        }

        return missing is null ? found : found with { Outcome = LookupOutcome.Incomplete, Missing = missing };
    }

    private async ValueTask<CacheResult<PutOutcome>> StoreAsync(
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
        var kept = await LookAsync(principal, key, principal.WriteScope, cancellationToken);
        return kept.Error is not null || kept.Value.Outcome == LookupOutcome.Hit
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

    private async ValueTask<CacheResult<FoundResult>> ReadAsync(
        CachePrincipal principal, ArtifactId id, CancellationToken cancellationToken)
    {
        var read = await BlobReader.ReadAsync(services.CacheOf(principal), id, MaxResult, cancellationToken);
        if (!read.TryGet(out var stored, out var error))
        {
            return error;
        }

        return stored is null ? new FoundResult(LookupOutcome.Miss, null)
            : stored.Bytes is { } bytes ? Parse(bytes, stored.Info.CreatedAt)
            : Damaged("it is larger than any");
    }

    private static CacheResult<FoundResult> Parse(ReadOnlyMemory<byte> bytes, DateTimeOffset storedAt) =>
        ActionResult.Parser.TryParse(bytes.Span, out var result, out var fault)
            ? new FoundResult(LookupOutcome.Hit, result) { StoredAt = storedAt }
            : Damaged(fault);

    private static CacheError Damaged(string why) =>
        CacheError.Internal(CacheErrorKind.Damaged, $"what is stored as the result of an action is none: {why}");
}
