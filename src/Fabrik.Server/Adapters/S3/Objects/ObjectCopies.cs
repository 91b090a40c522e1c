using Fabrik.Cache;
using Fabrik.Server.Adapters.S3.Bodies;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Server.Auth;
using Fabrik.Wire.Http;
using Fabrik.Wire.S3.Checksums;
using Fabrik.Wire.S3.Xml;

namespace Fabrik.Server.Adapters.S3.Objects;

/// <summary>CopyObject: within this server, from whatever bucket and scope the key may read.</summary>
internal sealed class ObjectCopies(ServerServices services, FaultReport faults, ObjectReads reads, ObjectWriter writer)
{
    /// <summary>CopyObject.</summary>
    public async ValueTask<S3Fault?> CopyAsync(S3Call call)
    {
        var replaces = string.Equals(
            call.Header("x-amz-metadata-directive"), "REPLACE", StringComparison.OrdinalIgnoreCase);
        if (await writer.AdmitAsync(call) is { } refused)
        {
            return refused;
        }

        if (CopySource.TryRead(call, out var source) is { } bad
            || (bad = ObjectMetadata.TryRead(call, out var properties)) is not null)
        {
            return bad;
        }

        if (!replaces && source == new CopySource(call.Bucket.Name, call.Target.Key))
        {
            return S3Faults.InvalidRequest.With(
                "An object is copied to itself only with other metadata: x-amz-metadata-directive: REPLACE");
        }

        var opened = await OpenAsync(call, source);
        if (!opened.TryGet(out var artifact, out var fault))
        {
            return fault;
        }

        // The body lets go of it.
        properties = replaces ? properties : ObjectMetadata.Inherited(artifact.Info);
        var whole = new ByteRange(0, artifact.Info.Size);
        await using StoredBody body = new(One(artifact, whole), ChecksumAlgorithms.None, call.Aborted);
        return await StoreAsync(call, body, artifact.Info.Size, properties);
    }

    /// <summary>Opens the source of a copy, if its conditions hold.</summary>
    public async ValueTask<S3Result<CachedArtifact>> OpenAsync(S3Call call, CopySource source)
    {
        if (!call.Principal.May(Permissions.Read))
        {
            return S3Faults.ReadDenied;
        }

        var found = await reads.FindAsync(call, source.Bucket, source.Key);
        if (!found.TryGet(out var artifact, out var error))
        {
            faults.Report(error);
            return S3Faults.OfRead(error);
        }

        if (artifact is null)
        {
            return S3Faults.NoSuchKey;
        }

        if (ObjectConditions.SourceHolds(call, artifact.Info))
        {
            return artifact;
        }

        await artifact.DisposeAsync();
        return S3Faults.PreconditionFailed;
    }

    /// <summary>One piece, as a body takes it.</summary>
    public static async IAsyncEnumerable<CacheResult<(CachedArtifact Artifact, ByteRange Range)>> One(
        CachedArtifact artifact, ByteRange range)
    {
        await ValueTask.CompletedTask;
        yield return (artifact, range);
    }

    private async ValueTask<S3Fault?> StoreAsync(
        S3Call call, StoredBody body, long size, List<KeyValuePair<string, string>> properties)
    {
        var result = await writer.PutAsync(call, body.Reader, size, digest: null, () =>
        {
            properties.Add(new(ObjectMetadata.ETag, body.Md5));
            return properties;
        });
        if (!result.TryGet(out var outcome, out var error))
        {
            error = body.Error ?? error;
            faults.Report(error);
            return ObjectWriter.FaultOf(call, error);
        }

        return ObjectWriter.FaultOf(call, outcome) is { } kept
            ? kept
            : await S3Answers.SendAsync(
                call, to => S3Xml.WriteCopyObject(to, $"\"{body.Md5}\"", services.Time.GetUtcNow()));
    }
}
