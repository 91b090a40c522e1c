using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fabrik.Server.Adapters.Serving;

/// <summary>Takes PUT of an artifact, the same for every protocol whose artifacts are HTTP bodies.</summary>
internal sealed class ArtifactReceiver(ServerServices services, FaultReport faults, AnswerTable answers, string tool)
{
    /// <summary>How much of a key is kept for people; see <see cref="ArtifactMetadata.Key"/>.</summary>
    private const int MaxKeyShown = 256;

    /// <summary>Stores the body in the principal's own scope, and answers by the table.</summary>
    public async ValueTask ReceiveAsync(ArtifactRequest request)
    {
        var response = request.Http.Response;
        if (!request.Principal.May(Permissions.Write))
        {
            faults.Refused("forbidden");
            await RefuseAsync(request, answers.WriteForbidden);
            return;
        }

        if (request.Key is null)
        {
            faults.Refused("bad_key");
            await RefuseAsync(request, answers.BadWriteKey);
            return;
        }

        var max = services.Options.MaxArtifactSize;
        if (request.Http.Request.ContentLength > max)
        {
            faults.Refused(FaultReport.NameOf(CacheErrorKind.TooLarge));
            await answers.SendAsync(
                response, answers.WriteFault(CacheErrorKind.TooLarge), $"at most {max} bytes are accepted");
            return;
        }

        var result = await PutAsync(request, max);
        if (!result.TryGet(out var outcome, out var error))
        {
            faults.Report(error);
            var answer = answers.WriteFault(error.Kind);
            if (error.Kind is CacheErrorKind.TooLarge or CacheErrorKind.Incomplete)
            {
                await answers.SendAsync(response, answer, error.Message);
                return;
            }

            await RefuseAsync(request, answer, error.Message);
            return;
        }

        await RefuseAsync(request, AnswerTo(outcome));
    }

    /// <summary>
    /// Answers without an interest in what is left of the body, but takes it in first: a tool that is still sending when
    /// the answer comes may see a broken connection instead. One that waits for 100-continue sends nothing then.
    /// </summary>
    public async ValueTask RefuseAsync(ArtifactRequest request, Answer answer, string? detail = null)
    {
        if (request.Http.Request.Headers.Expect.Count == 0)
        {
            LiftBodyLimit(request.Http);
            await RequestBody.DiscardAsync(
                request.Http.Request, services.Options.MaxArtifactSize, request.Http.RequestAborted);
        }

        await answers.SendAsync(request.Http.Response, answer, detail);
    }

    private async ValueTask<CacheResult<PutOutcome>> PutAsync(ArtifactRequest request, long max)
    {
        LiftBodyLimit(request.Http);
        var (http, key) = (request.Http.Request, request.Key ?? "");
        var result = await services.Cache.PutAsync(
            request.IdIn(request.Principal.WriteScope),
            http.BodyReader,
            new PutOptions
            {
                Metadata = new ArtifactMetadata
                {
                    Tool = tool,
                    Key = key.Length <= MaxKeyShown ? key : key[..MaxKeyShown],
                    Properties = request.Properties,
                },
                ExpectedSize = http.ContentLength,
                MaxSize = max,
                Overwrite = request.Principal.May(Permissions.Overwrite),
            },
            request.Http.RequestAborted);
        if (result.Error is null)
        {
            services.Metrics.ReceivedBytes(http.ContentLength ?? 0);
        }

        return result;
    }

    private Answer AnswerTo(PutOutcome outcome) => outcome switch
    {
        PutOutcome.Stored => answers.Stored,
        PutOutcome.Identical => answers.Identical,
        _ => answers.Kept,
    };

    // Kestrel's own limit would throw; ours is part of the put, and has the protocol's answer.
    private static void LiftBodyLimit(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
    }
}
