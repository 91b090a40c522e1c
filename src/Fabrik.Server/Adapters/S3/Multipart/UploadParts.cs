using System.Globalization;
using Fabrik.Server.Adapters.S3.Bodies;
using Fabrik.Server.Adapters.S3.Objects;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Server.Auth;
using Fabrik.Wire.S3.Checksums;
using Fabrik.Wire.S3.Xml;

namespace Fabrik.Server.Adapters.S3.Multipart;

/// <summary>UploadPart and UploadPartCopy.</summary>
internal sealed class UploadParts(
    ServerServices services, FaultReport faults, Uploads uploads, UploadStaging staging, ObjectCopies copies)
{
    private const int MaxNumber = 10_000;

    /// <summary>UploadPart.</summary>
    public async ValueTask<S3Fault?> PutAsync(S3Call call)
    {
        if (!(await BeginAsync(call)).TryGet(out var place, out var refused))
        {
            return refused;
        }

        if (UploadBody.TryOpen(call, services.Options.MaxArtifactSize, out var body) is { } bad)
        {
            return bad;
        }

        using (body)
        {
            return await StoreAsync(call, place, body);
        }
    }

    /// <summary>UploadPartCopy.</summary>
    public async ValueTask<S3Fault?> CopyAsync(S3Call call)
    {
        if (!(await BeginAsync(call)).TryGet(out var place, out var refused))
        {
            return refused;
        }

        if (CopySource.TryRead(call, out var source) is { } bad)
        {
            return bad;
        }

        var opened = await copies.OpenAsync(call, source);
        if (!opened.TryGet(out var artifact, out var fault))
        {
            return fault;
        }

        if (CopySource.TryReadRange(call, artifact.Info.Size, out var range) is { } unfit)
        {
            await artifact.DisposeAsync();
            return unfit;
        }

        await using StoredBody body = new(
            ObjectCopies.One(artifact, range), ChecksumAlgorithms.None, call.Aborted);
        var options = UploadStaging.OptionsOf(call, place.Upload, place.Number) with
        {
            ExpectedSize = range.Length,
            AtEnd = known => known with { Properties = [new(ObjectMetadata.ETag, body.Md5)] },
        };
        var stored = await staging.PutAsync(call, place.Upload, place.Number, body.Reader, options);
        if (stored.Error is { } error)
        {
            error = body.Error ?? error;
            faults.Report(error);
            return S3Faults.OfWrite(error);
        }

        return await S3Answers.SendAsync(
            call, to => S3Xml.WriteCopyPart(to, $"\"{body.Md5}\"", services.Time.GetUtcNow()));
    }

    private async ValueTask<S3Result<(StagedUpload Upload, int Number)>> BeginAsync(S3Call call)
    {
        if (!call.Principal.May(Permissions.Write))
        {
            return S3Faults.WriteDenied;
        }

        call.Target.Query.TryGet("partNumber", out var text);
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number is < 1 or > MaxNumber)
        {
            return S3Faults.InvalidArgument.With($"partNumber must be 1 to {MaxNumber}");
        }

        return (await uploads.FindAsync(call)).TryGet(out var upload, out var missing) ? (upload, number) : missing;
    }

    private async ValueTask<S3Fault?> StoreAsync(
        S3Call call, (StagedUpload Upload, int Number) place, UploadBody body)
    {
        UnwantedBody.LiftServerLimit(call.Http);
        var options = UploadStaging.OptionsOf(call, place.Upload, place.Number) with
        {
            ExpectedSize = body.Size,
            ExpectedDigest = body.Digest,
            MaxSize = services.Options.MaxArtifactSize,
            AtEnd = known => body.Check() is { } wrong ? wrong : known with
            {
                Properties = body.Checksum is { } checksum
                    ? [new(ObjectMetadata.ETag, body.Md5), checksum]
                    : [new(ObjectMetadata.ETag, body.Md5)],
            },
        };
        var stored = await staging.PutAsync(call, place.Upload, place.Number, body.Reader, options);
        services.Metrics.ReceivedBytes(body.Received);
        if (stored.Error is { } error)
        {
            faults.Report(error);
            return body.FaultOf(error);
        }

        call.Http.Response.Headers.ETag = $"\"{body.Md5}\"";
        if (body.Checksum is { } taken)
        {
            call.Http.Response.Headers[taken.Key] = taken.Value;
        }

        return null;
    }
}
