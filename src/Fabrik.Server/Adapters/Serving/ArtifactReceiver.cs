using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Auth;

namespace Fabrik.Server.Adapters.Serving;

/// <summary>Takes PUT of an artifact, the same for every protocol whose artifacts are HTTP bodies.</summary>
internal sealed class ArtifactReceiver(ServerServices services, FaultReport faults, AnswerTable answers, string tool)
{
    /// <summary>How much of a key is kept for people; see <see cref="ArtifactMetadata.Key"/>.</summary>
    private const int MaxKeyShown = 256;

    private long MaxSize => services.Options.MaxArtifactSize;

    /// <summary>Stores the body in the scope that is written to, and answers by the table.</summary>
    public async ValueTask ReceiveAsync(ArtifactRequest request)
    {
        var headers = request.Http.Request.Headers;
        ContentDigest? digest = null;
        if (!request.Principal.May(Permissions.Write))
        {
            faults.Refused("forbidden");
            await RefuseAsync(request, answers.WriteForbidden);
        }
        else if (request.Key is null)
        {
            faults.Refused("bad_key");
            await RefuseAsync(request, answers.BadWriteKey);
        }
        else if (request.Http.Request.ContentLength > MaxSize)
        {
            await FailAsync(request, CacheError.Client(
                CacheErrorKind.TooLarge, $"the artifact is larger than {MaxSize} bytes"));
        }
        else if (!IsWholeAndPlain(request, out var reason) || !AnnouncedDigest.TryRead(headers, out digest, out reason))
        {
            await FailAsync(request, CacheError.Client(CacheErrorKind.InvalidRequest, reason));
        }
        else if (request is { Store: null, Digest: { } named } && digest is { } announced && announced != named)
        {
            await FailAsync(request, CacheError.Client(
                CacheErrorKind.DigestMismatch, "the digest in the headers is not the one that the key names"));
        }
        else
        {
            var condition = WriteCondition.Of(request.Http.Request, RequestConditions.TagOf);
            if (condition is null || await IsMetAsync(condition, request))
            {
                await StoreAsync(request, digest, condition);
            }
        }
    }

    /// <summary>
    /// Answers a request that is refused, such that its sender hears it. What is small enough to be an artifact is
    /// taken in first, so that the connection goes on.
    /// </summary>
    public async ValueTask RefuseAsync(ArtifactRequest request, Answer answer, string? detail = null)
    {
        var body = new UnwantedBody(request.Http, services);
        await body.TakeInAsync(MaxSize);
        await AnswerAsync(body, request, answer, detail);
    }

    private ValueTask AnswerAsync(UnwantedBody body, ArtifactRequest request, Answer answer, string? detail = null) =>
        body.AnswerAsync(
            () => answers.SendAsync(request.Http.Response, answer, detail),
            Math.Max(MaxSize, UnwantedBody.MinLingerBytes));

    // What is stored is given back as a whole and without an encoding: such a body would come back as something else.
    private static bool IsWholeAndPlain(ArtifactRequest request, out string reason)
    {
        var headers = request.Http.Request.Headers;
        reason = headers.ContentRange.Count > 0 ? "a Content-Range cannot be stored: only whole artifacts can"
            : request.Store is null && headers.ContentEncoding is not ([] or ["identity"])
                ? "a Content-Encoding cannot be stored: the bytes must be sent as they are wanted back"
                : "";
        return reason.Length == 0;
    }

    private async ValueTask StoreAsync(ArtifactRequest request, ContentDigest? digest, WriteCondition? condition)
    {
        UnwantedBody.LiftServerLimit(request.Http);
        var mustCreate = RequestConditions.IsCreation(request.Http.Request);
        var body = new CountingReader(request.Http.Request.BodyReader);
        var result = request.Store is { } store
            ? await store(body, digest, request.Http.RequestAborted)
            : await StoreBodyAsync(request, body, OptionsFor(request, request.Digest ?? digest) with
            {
                Overwrite = !mustCreate && request.Principal.May(Permissions.Overwrite),
                Expects = condition is null ? null : condition.Holds,
            });
        services.Metrics.ReceivedBytes(body.Count);
        var rest = new UnwantedBody(request.Http, services, body.WasAsked) { IsBroken = body.IsBroken };
        if (!result.TryGet(out var outcome, out var error))
        {
            faults.Report(error);
            var isUnmet = condition is not null && error.Kind == CacheErrorKind.Conflict;
            if (error.Kind is not (CacheErrorKind.TooLarge or CacheErrorKind.Incomplete))
            {
                await rest.TakeInAsync(MaxSize);
            }

            await AnswerAsync(
                rest,
                request,
                isUnmet ? answers.ConditionFailed : answers.WriteFault(error.Kind),
                isUnmet ? null : error.Message);
            return;
        }

        // The tier may have had no use for the bytes.
        await rest.TakeInAsync(MaxSize);
        await AnswerAsync(rest, request, AnswerTo(outcome, mustCreate));
    }

    private ValueTask<CacheResult<PutOutcome>> StoreBodyAsync(
        ArtifactRequest request, CountingReader body, PutOptions options) =>
        services.CacheOf(request.Principal).PutAsync(
            request.IdIn(request.WriteScope), body, options, request.Http.RequestAborted);

    private PutOptions OptionsFor(ArtifactRequest request, ContentDigest? digest)
    {
        var key = request.Key ?? "";
        return new PutOptions
        {
            Metadata = new ArtifactMetadata
            {
                Tool = tool,
                Key = key.Length <= MaxKeyShown ? key : key[..MaxKeyShown],
                Properties = request.Properties,
            },
            ExpectedSize = request.Http.Request.ContentLength,
            ExpectedDigest = digest,
            MaxSize = MaxSize,
        };
    }

    /// <summary>
    /// Answers with 412, before the body is taken, unless what is there is what the sender thinks is there. The store
    /// judges again, but for what is stored in another way (<see cref="ArtifactRequest.Store"/>).
    /// </summary>
    private async ValueTask<bool> IsMetAsync(WriteCondition condition, ArtifactRequest request)
    {
        var current = await services.CacheOf(request.Principal).StatAsync(
            request.IdIn(request.WriteScope), request.Http.RequestAborted);
        if (!current.TryGet(out var info, out var error))
        {
            await FailAsync(request, error);
            return false;
        }

        if (condition.Holds(info))
        {
            return true;
        }

        faults.Refused("condition_failed");
        await RefuseAsync(request, answers.ConditionFailed);
        return false;
    }

    private ValueTask FailAsync(ArtifactRequest request, CacheError error)
    {
        faults.Report(error);
        return RefuseAsync(request, answers.WriteFault(error.Kind), error.Message);
    }

    private Answer AnswerTo(PutOutcome outcome, bool mustCreate) => outcome switch
    {
        PutOutcome.Stored => answers.Stored,
        _ when mustCreate => answers.ConditionFailed,
        PutOutcome.Identical => answers.Identical,
        _ => answers.Kept,
    };
}
