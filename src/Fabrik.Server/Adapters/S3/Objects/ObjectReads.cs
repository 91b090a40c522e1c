using System.Globalization;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Server.Auth;
using Fabrik.Wire.Http;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.S3.Objects;

/// <summary>GetObject and HeadObject.</summary>
internal sealed class ObjectReads(ServerServices services, FaultReport faults)
{
    /// <summary>Opens an object of the first scope that has it; <see langword="null"/> is a miss.</summary>
    public async ValueTask<CacheResult<CachedArtifact?>> FindAsync(S3Call call, string bucket, string key)
    {
        var cache = services.CacheOf(call.Principal);
        foreach (var scope in call.Principal.ReadScopes)
        {
            var result = await cache.GetAsync(call.IdOf(scope, bucket, key), call.Aborted);
            if (result.Error is not null || result.Value is not null)
            {
                return result;
            }
        }

        return default(CachedArtifact);
    }

    /// <summary>GetObject.</summary>
    public async ValueTask<S3Fault?> GetAsync(S3Call call)
    {
        if (!call.Principal.May(Permissions.Read))
        {
            return S3Faults.ReadDenied;
        }

        var found = await FindAsync(call, call.Bucket.Name, call.Target.Key);
        if (!found.TryGet(out var artifact, out var error))
        {
            faults.Report(error);
            return S3Faults.OfRead(error);
        }

        if (artifact is null)
        {
            services.Metrics.Miss(S3Call.Namespace);
            return S3Faults.NoSuchKey;
        }

        await using (artifact)
        {
            services.Metrics.Hit(S3Call.Namespace);
            return await SendAsync(call, artifact);
        }
    }

    /// <summary>HeadObject.</summary>
    public async ValueTask<S3Fault?> HeadAsync(S3Call call)
    {
        if (!call.Principal.May(Permissions.Read))
        {
            return S3Faults.ReadDenied;
        }

        var cache = services.CacheOf(call.Principal);
        foreach (var scope in call.Principal.ReadScopes)
        {
            var id = call.IdOf(scope, call.Bucket.Name, call.Target.Key);
            if (!(await cache.StatAsync(id, call.Aborted)).TryGet(out var info, out var error))
            {
                faults.Report(error);
                return S3Faults.OfRead(error);
            }

            if (info is not null)
            {
                services.Metrics.Hit(S3Call.Namespace);
                return WriteHead(call, info, out _);
            }
        }

        services.Metrics.Miss(S3Call.Namespace);
        return S3Faults.NoSuchKey;
    }

    private async ValueTask<S3Fault?> SendAsync(S3Call call, CachedArtifact artifact)
    {
        var fault = WriteHead(call, artifact.Info, out var range);
        if (fault is not null || range.Length == 0 || call.Http.Response.StatusCode == 304)
        {
            return fault;
        }

        services.Metrics.SentBytes(range.Length);
        if (await ArtifactBody.SendAsync(call.Http, artifact, range) is not { } error)
        {
            return null;
        }

        faults.Report(error);
        return ArtifactBody.TryTakeBack(call.Http) ? S3Faults.OfRead(error) : null;
    }

    // Conditions come before the range: RFC 9110, 13.2.2.
    private static S3Fault? WriteHead(S3Call call, ArtifactInfo info, out ByteRange range)
    {
        range = new ByteRange(0, info.Size);
        var response = call.Http.Response;
        ObjectMetadata.Write(call, info);
        switch (ObjectConditions.OfRead(call, info))
        {
            case ConditionOutcome.NotModified:
                response.StatusCode = StatusCodes.Status304NotModified;
                response.Headers.ContentType = default;
                return null;
            case ConditionOutcome.Failed:
                return S3Faults.PreconditionFailed;
        }

        var kind = call.Target.Query.TryGet("partNumber", out var number)
            ? ObjectParts.RangeOf(info, number, response, out range)
            : RangeOf(call, info, ref range);
        switch (kind)
        {
            case RangeKind.Unsatisfiable:
                response.Headers.ContentRange = $"bytes */{info.Size}";
                return S3Faults.InvalidRange;
            case RangeKind.Part:
                response.StatusCode = StatusCodes.Status206PartialContent;
                var last = range.Offset + range.Length - 1;
                response.Headers.ContentRange = string.Create(
                    CultureInfo.InvariantCulture, $"bytes {range.Offset}-{last}/{info.Size}");
                break;
        }

        response.ContentLength = range.Length;
        return ObjectMetadata.Override(call);
    }

    private static RangeKind RangeOf(S3Call call, ArtifactInfo info, ref ByteRange range) =>
        call.Http.Request.Headers.Range is [{ } header]
        && RequestConditions.Of(call.Http.Request).RangeHolds(ObjectMetadata.TagOf(info), info.CreatedAt)
            ? ByteRange.Parse(header, info.Size, out range)
            : RangeKind.Whole;
}
