using Fabrik.Server.Adapters.Serving;
using Fabrik.Server.Auth;
using Fabrik.Wire.S3.Xml;

namespace Fabrik.Server.Adapters.S3.Objects;

/// <summary>DeleteObjects: up to 1,000 keys at once, each with its own outcome.</summary>
internal sealed class ObjectDeletes(ServerServices services, FaultReport faults)
{
    /// <summary>DeleteObjects.</summary>
    public async ValueTask<S3Fault?> DeleteAsync(S3Call call)
    {
        if (!call.Principal.May(Permissions.Delete))
        {
            return S3Faults.DeleteDenied;
        }

        var (fault, bytes) = await S3RequestDocument.ReadAsync(call);
        if (fault is not null)
        {
            return fault;
        }

        if (!S3XmlRequests.TryReadDelete(bytes, out var request, out var problem))
        {
            return S3Faults.MalformedXml.With(problem);
        }

        List<string> deleted = [];
        List<S3DeleteError> errors = [];
        var cache = services.CacheOf(call.Principal);
        foreach (var (key, version) in request.Objects)
        {
            if (await DeleteAsync(call, cache, key, version) is { } failed)
            {
                errors.Add(new S3DeleteError(key, failed.Code, failed.Message));
            }
            else if (!request.IsQuiet)
            {
                deleted.Add(key);
            }
        }

        return await S3Answers.SendAsync(
            call, to => S3Xml.WriteDeleteResult(to, new S3DeleteResult(deleted, errors)));
    }

    private async ValueTask<S3Fault?> DeleteAsync(
        S3Call call, Fabrik.Cache.ICacheTier cache, string key, string? version)
    {
        if (version is not (null or "" or "null"))
        {
            return S3Faults.NoSuchVersion;
        }

        var id = call.IdOf(call.Principal.WriteScope, call.Bucket.Name, key);
        if ((await cache.DeleteAsync(id, call.Aborted)).Error is not { } error)
        {
            return null;
        }

        faults.Report(error);
        return S3Faults.OfWrite(error);
    }
}
