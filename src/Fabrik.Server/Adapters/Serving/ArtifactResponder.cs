using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Auth;
using Fabrik.Wire.Http;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.Serving;

/// <summary>Answers GET and HEAD of an artifact, the same for every protocol whose artifacts are HTTP bodies.</summary>
internal sealed class ArtifactResponder(ServerServices services, FaultReport faults, AnswerTable answers, string tool)
{
    /// <summary>Looks in the scopes, in their order, and sends what it finds first.</summary>
    public async ValueTask RespondAsync(ArtifactRequest request)
    {
        if (!await AdmitsAsync(request))
        {
            return;
        }

        if (HttpMethods.IsHead(request.Http.Request.Method))
        {
            await DescribeAsync(request);
        }
        else
        {
            await AnswerAsync(request, await FindAsync(request));
        }
    }

    /// <summary>Whether the request may read and has a key; else it has been answered.</summary>
    public async ValueTask<bool> AdmitsAsync(ArtifactRequest request)
    {
        if (!request.Principal.May(Permissions.Read))
        {
            faults.Refused("forbidden");
            await answers.SendAsync(request.Http.Response, answers.ReadForbidden);
            return false;
        }

        if (request.Key is null)
        {
            faults.Refused("bad_key");
            await answers.SendAsync(request.Http.Response, answers.BadReadKey);
            return false;
        }

        return true;
    }

    /// <summary>Answers a request that is admitted with what was found, and disposes of that.</summary>
    public async ValueTask AnswerAsync(ArtifactRequest request, CacheResult<CachedArtifact?> found)
    {
        var response = request.Http.Response;
        if (!found.TryGet(out var artifact, out var error))
        {
            faults.Report(error);
            await answers.SendAsync(response, answers.ReadFault(error.Kind), error.Message);
        }
        else if (artifact is null)
        {
            services.Metrics.Miss(tool);
            await answers.SendAsync(response, answers.Miss);
        }
        else
        {
            await using (artifact)
            {
                services.Metrics.Hit(tool);
                await SendAsync(request, artifact);
            }
        }
    }

    /// <summary>Describes the artifact of the first scope that has it, without opening it.</summary>
    public async ValueTask<CacheResult<ArtifactInfo?>> StatAsync(ArtifactRequest request)
    {
        var cache = services.CacheOf(request.Principal);
        foreach (var scope in request.ReadScopes)
        {
            var result = await cache.StatAsync(request.IdIn(scope), request.Http.RequestAborted);
            if (result.Error is not null || result.Value is not null)
            {
                return result;
            }
        }

        return default(ArtifactInfo);
    }

    private async ValueTask DescribeAsync(ArtifactRequest request)
    {
        var response = request.Http.Response;
        var found = await StatAsync(request);
        if (!found.TryGet(out var info, out var error))
        {
            faults.Report(error);
            await answers.SendAsync(response, answers.ReadFault(error.Kind));
        }
        else if (info is null)
        {
            services.Metrics.Miss(tool);
            await answers.SendAsync(response, answers.Miss);
        }
        else
        {
            services.Metrics.Hit(tool);
            await WriteHeadersAsync(request, info);
        }
    }

    private async ValueTask<CacheResult<CachedArtifact?>> FindAsync(ArtifactRequest request)
    {
        var cache = services.CacheOf(request.Principal);
        foreach (var scope in request.ReadScopes)
        {
            var result = await cache.GetAsync(request.IdIn(scope), request.Http.RequestAborted);
            if (result.Error is not null || result.Value is not null)
            {
                return result;
            }
        }

        return default(CachedArtifact);
    }

    // Sets status and headers from the conditions and the range of the request; the part that is to be sent, or null.
    private async ValueTask<ByteRange?> WriteHeadersAsync(ArtifactRequest request, ArtifactInfo info)
    {
        var response = request.Http.Response;
        var tag = RequestConditions.TagOf(info);
        response.Headers.ETag = tag;
        response.Headers.AcceptRanges = "bytes";
        request.Decorate?.Invoke(response, info);
        switch (RequestConditions.Of(request.Http.Request).EvaluateRead(tag, info.CreatedAt))
        {
            case ConditionOutcome.NotModified:
                response.StatusCode = StatusCodes.Status304NotModified;
                return null;
            case ConditionOutcome.Failed:
                faults.Refused("condition_failed");
                await answers.SendAsync(response, answers.ConditionFailed);
                return null;
            default:
                return WriteRange(request, info, tag);
        }
    }

    private static ByteRange? WriteRange(ArtifactRequest request, ArtifactInfo info, ReadOnlySpan<char> tag)
    {
        var (http, response) = (request.Http.Request, request.Http.Response);
        var kind = RangeKind.Whole;
        var range = new ByteRange(0, info.Size);
        if (http.Headers.Range is [{ } header]
            && HttpMethods.IsGet(http.Method)
            && RequestConditions.Of(http).RangeHolds(tag, info.CreatedAt))
        {
            kind = ByteRange.Parse(header, info.Size, out range);
        }

        if (kind == RangeKind.Unsatisfiable)
        {
            response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            response.Headers.ContentRange = $"bytes */{info.Size}";
            response.ContentLength = 0;
            return null;
        }

        if (kind == RangeKind.Part)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {range.Offset}-{range.Offset + range.Length - 1}/{info.Size}";
        }

        response.ContentType = request.ContentType;
        response.ContentLength = range.Length;
        return range;
    }

    private async ValueTask SendAsync(ArtifactRequest request, CachedArtifact artifact)
    {
        if (await WriteHeadersAsync(request, artifact.Info) is not { Length: > 0 } range
            || HttpMethods.IsHead(request.Http.Request.Method))
        {
            return;
        }

        services.Metrics.SentBytes(range.Length);
        if (await ArtifactBody.SendAsync(request.Http, artifact, range) is not { } error)
        {
            return;
        }

        faults.Report(error);
        if (ArtifactBody.TryTakeBack(request.Http))
        {
            await answers.SendAsync(request.Http.Response, answers.ReadFault(error.Kind), error.Message);
        }
    }
}
