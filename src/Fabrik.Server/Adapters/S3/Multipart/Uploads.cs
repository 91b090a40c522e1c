using System.Globalization;
using Fabrik.Cache;
using Fabrik.Server.Adapters.S3.Listings;
using Fabrik.Server.Adapters.S3.Objects;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Server.Auth;
using Fabrik.Wire.S3.Xml;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.S3.Multipart;

/// <summary>CreateMultipartUpload, AbortMultipartUpload, ListMultipartUploads and ListParts.</summary>
internal sealed class Uploads(UploadStaging staging, FaultReport faults)
{
    /// <summary>CreateMultipartUpload.</summary>
    public async ValueTask<S3Fault?> CreateAsync(S3Call call)
    {
        if (!call.Principal.May(Permissions.Write))
        {
            return S3Faults.WriteDenied;
        }

        if (ObjectMetadata.TryRead(call, out var properties) is { } bad)
        {
            return bad;
        }

        var created = await staging.CreateAsync(call, properties);
        return created.TryGet(out var id, out var error)
            ? await S3Answers.SendAsync(
                call, to => S3Xml.WriteUpload(to, new S3Upload(call.Bucket.Name, call.Target.Key, id)))
            : Fail(error);
    }

    /// <summary>AbortMultipartUpload.</summary>
    public async ValueTask<S3Fault?> AbortAsync(S3Call call)
    {
        if (!call.Principal.May(Permissions.Write))
        {
            return S3Faults.WriteDenied;
        }

        if (!(await FindAsync(call)).TryGet(out var upload, out var missing))
        {
            return missing;
        }

        if (await staging.RemoveAsync(call, upload) is { } error)
        {
            return Fail(error);
        }

        call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        return null;
    }

    /// <summary>ListParts.</summary>
    public async ValueTask<S3Fault?> ListPartsAsync(S3Call call)
    {
        if (!call.Principal.May(Permissions.Read))
        {
            return S3Faults.ReadDenied;
        }

        if (ListingQueryText.TryRead(call, "max-parts", out var query) is { } bad)
        {
            return bad;
        }

        if (!(await FindAsync(call)).TryGet(out var upload, out var missing))
        {
            return missing;
        }

        call.Target.Query.TryGet("part-number-marker", out var marker);
        _ = int.TryParse(marker, NumberStyles.None, CultureInfo.InvariantCulture, out var after);
        var listed = await staging.PartsAsync(call, upload, after, Math.Max(query.Max, 1));
        return listed.TryGet(out var page, out var error)
            ? await S3Answers.SendAsync(call, to => S3XmlLists.WriteParts(to, new S3PartList(
                new S3Upload(call.Bucket.Name, call.Target.Key, upload.Id), Entries(page.Parts))
            {
                PartNumberMarker = after,
                NextPartNumberMarker = page.HasMore ? page.Parts[^1].Number : null,
                MaxParts = query.Max,
                EncodesKeys = query.EncodesKeys,
                Owner = S3Answers.Owner,
            }))
            : Fail(error);
    }

    /// <summary>ListMultipartUploads.</summary>
    public async ValueTask<S3Fault?> ListAsync(S3Call call)
    {
        if (!call.Principal.May(Permissions.Read))
        {
            return S3Faults.ReadDenied;
        }

        if (ListingQueryText.TryRead(call, "max-uploads", out var query) is { } bad
            || (bad = ReadMarkers(call, out var after)) is not null)
        {
            return bad;
        }

        var listed = await staging.UploadsAsync(call, query.Prefix, after, Math.Max(query.Max, 1));
        return listed.TryGet(out var page, out var error)
            ? await S3Answers.SendAsync(call, to => S3XmlLists.WriteUploads(to, ListOf(call, query, after, page)))
            : Fail(error);
    }

    /// <summary>The upload that a request names.</summary>
    public async ValueTask<S3Result<StagedUpload>> FindAsync(S3Call call)
    {
        var found = await staging.FindAsync(call);
        return !found.TryGet(out var upload, out var error) ? Fail(error)
            : upload is null ? S3Faults.NoSuchUpload
            : upload;
    }

    private static S3UploadList ListOf(
        S3Call call,
        ListingQueryText query,
        (string Key, string Id) after,
        (List<StagedUpload> Uploads, bool HasMore) page)
    {
        List<S3UploadEntry> uploads = [];
        List<string> prefixes = [];
        foreach (var upload in page.Uploads)
        {
            var at = query.Delimiter.Length == 0
                ? -1
                : upload.Key.IndexOf(query.Delimiter, query.Prefix.Length, StringComparison.Ordinal);
            if (at < 0)
            {
                uploads.Add(new S3UploadEntry(upload.Key, upload.Id, upload.Info.CreatedAt));
            }
            else if (prefixes.Count == 0 || !upload.Key.StartsWith(prefixes[^1], StringComparison.Ordinal))
            {
                prefixes.Add(upload.Key[..(at + query.Delimiter.Length)]);
            }
        }

        var last = page.HasMore ? page.Uploads[^1] : null;
        return new S3UploadList
        {
            Bucket = call.Bucket.Name,
            Prefix = query.Prefix,
            Delimiter = query.Delimiter.Length > 0 ? query.Delimiter : null,
            KeyMarker = after.Key,
            UploadIdMarker = after.Id,
            NextKeyMarker = last?.Key,
            NextUploadIdMarker = last?.Id,
            MaxUploads = query.Max,
            EncodesKeys = query.EncodesKeys,
            Uploads = uploads,
            CommonPrefixes = prefixes,
        };
    }

    private static S3Fault? ReadMarkers(S3Call call, out (string Key, string Id) after)
    {
        after = ("", "");
        if (!ListingQueryText.TryGet(call, "key-marker", out var key)
            || !ListingQueryText.TryGet(call, "upload-id-marker", out var id))
        {
            return S3Faults.InvalidArgument;
        }

        after = (key, id);
        return null;
    }

    private static List<S3PartEntry> Entries(List<StagedPart> parts) =>
    [
        .. parts.Select(part => new S3PartEntry(
            part.Number, part.Info.CreatedAt, ObjectMetadata.TagOf(part.Info), part.Info.Size)),
    ];

    private S3Fault Fail(CacheError error)
    {
        faults.Report(error);
        return S3Faults.OfWrite(error);
    }
}
