using Fabrik.Cache;
using Fabrik.Server.Adapters.S3.Bodies;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.S3.Objects;

/// <summary>PutObject and DeleteObject.</summary>
internal sealed class ObjectWrites(ServerServices services, FaultReport faults, ObjectWriter writer)
{
    /// <summary>PutObject.</summary>
    public async ValueTask<S3Fault?> PutAsync(S3Call call)
    {
        if (await writer.AdmitAsync(call) is { } refused)
        {
            return refused;
        }

        if (ObjectMetadata.TryRead(call, out var properties) is { } bad
            || (bad = UploadBody.TryOpen(call, writer.MaxSize, out var body)) is not null)
        {
            return bad;
        }

        using (body)
        {
            return await StoreAsync(call, body, properties);
        }
    }

    /// <summary>DeleteObject: deleting what is not there is a success.</summary>
    public async ValueTask<S3Fault?> DeleteAsync(S3Call call)
    {
        if (!call.Principal.May(Permissions.Delete))
        {
            return S3Faults.DeleteDenied;
        }

        if (call.Condition is { } condition && await writer.CheckAsync(call, condition) is { } unfit)
        {
            return unfit;
        }

        var deleted = await DeleteAsync(call, services.CacheOf(call.Principal));
        if (deleted.Error is { } error)
        {
            faults.Report(error);
            return ObjectWriter.FaultOf(call, error);
        }

        call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        return null;
    }

    private static ValueTask<CacheResult<bool>> DeleteAsync(S3Call call, ICacheTier cache) =>
        call.Condition is { } condition
            ? cache.DeleteIfAsync(call.WriteId, condition.Holds, call.Aborted)
            : cache.DeleteAsync(call.WriteId, call.Aborted);

    private async ValueTask<S3Fault?> StoreAsync(
        S3Call call, UploadBody body, List<KeyValuePair<string, string>> properties)
    {
        UnwantedBody.LiftServerLimit(call.Http);
        var result = await writer.PutAsync(call, body.Reader, body.Size, body.Digest, () =>
        {
            properties.Add(new(ObjectMetadata.ETag, body.Md5));
            if (body.Checksum is { } checksum)
            {
                properties.Add(checksum);
            }

            return body.Check() is { } wrong ? wrong : properties;
        });
        services.Metrics.ReceivedBytes(body.Received);
        if (!result.TryGet(out var outcome, out var error))
        {
            faults.Report(error);
            return error.Kind == CacheErrorKind.Conflict ? ObjectWriter.FaultOf(call, error) : body.FaultOf(error);
        }

        if (ObjectWriter.FaultOf(call, outcome) is { } kept)
        {
            faults.Refused("kept");
            return kept;
        }

        call.Http.Response.Headers.ETag = $"\"{body.Md5}\"";
        if (body.Checksum is { } taken)
        {
            call.Http.Response.Headers[taken.Key] = taken.Value;
            call.Http.Response.Headers["x-amz-checksum-type"] = "FULL_OBJECT";
        }

        return null;
    }
}
