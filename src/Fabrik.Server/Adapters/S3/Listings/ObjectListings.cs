using Fabrik.Cache;
using Fabrik.Server.Adapters.S3.Objects;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Server.Auth;
using Fabrik.Wire.S3.Xml;

namespace Fabrik.Server.Adapters.S3.Listings;

/// <summary>
/// ListObjectsV2 and ListObjects: what lies in the scope that is written to, in the order of the keys' bytes. Objects
/// of other scopes are read, and not listed.
/// </summary>
internal sealed class ObjectListings(S3Services s3, FaultReport faults)
{
    /// <summary>ListObjectsV2.</summary>
    public async ValueTask<S3Fault?> ListAsync(S3Call call)
    {
        if (TryBegin(call, out var query) is { } refused)
        {
            return refused;
        }

        if (!ListingQueryText.TryGet(call, "start-after", out var startAfter)
            || !ListingQueryText.TryGet(call, "continuation-token", out var token)
            || !ListingQueryText.TryGet(call, "fetch-owner", out var fetchOwner))
        {
            return S3Faults.InvalidArgument;
        }

        var hasToken = call.Target.Query.Has("continuation-token");
        var place = new ListingPlace(startAfter, false);
        if (hasToken && !ContinuationToken.TryRead(token, out place))
        {
            return S3Faults.InvalidArgument.With("The continuation token is not one of this server's");
        }

        var found = await TakeAsync(call, query, place);
        return found.TryGet(out var page, out var error)
            ? await S3Answers.SendAsync(call, to => S3XmlLists.WriteObjects(to, new S3ObjectListV2
            {
                Bucket = call.Bucket.Name,
                Prefix = query.Prefix,
                Delimiter = query.Delimiter.Length > 0 ? query.Delimiter : null,
                MaxKeys = query.Max,
                EncodesKeys = query.EncodesKeys,
                Objects = Entries(page),
                CommonPrefixes = page.Prefixes,
                Owner = fetchOwner == "true" ? S3Answers.Owner : null,
                StartAfter = startAfter.Length > 0 ? startAfter : null,
                ContinuationToken = hasToken ? token : null,
                NextContinuationToken = page.HasMore ? ContinuationToken.Write(page.Last) : null,
            }))
            : Fail(error);
    }

    /// <summary>ListObjects.</summary>
    public async ValueTask<S3Fault?> ListFirstVersionAsync(S3Call call)
    {
        if (TryBegin(call, out var query) is { } refused)
        {
            return refused;
        }

        if (!ListingQueryText.TryGet(call, "marker", out var marker))
        {
            return S3Faults.InvalidArgument;
        }

        // A marker that is a common prefix was the last one of the page before.
        var isPrefix = query.Delimiter.Length > 0 && marker.Length > query.Prefix.Length
            && marker.EndsWith(query.Delimiter, StringComparison.Ordinal);
        var found = await TakeAsync(call, query, new ListingPlace(marker, isPrefix));
        return found.TryGet(out var page, out var error)
            ? await S3Answers.SendAsync(call, to => S3XmlLists.WriteObjects(to, new S3ObjectListV1
            {
                Bucket = call.Bucket.Name,
                Prefix = query.Prefix,
                Delimiter = query.Delimiter.Length > 0 ? query.Delimiter : null,
                MaxKeys = query.Max,
                EncodesKeys = query.EncodesKeys,
                Objects = Entries(page),
                CommonPrefixes = page.Prefixes,
                Owner = S3Answers.Owner,
                Marker = marker,
                IsTruncated = page.HasMore,
                NextMarker = page.HasMore && query.Delimiter.Length > 0 ? page.Last.After : null,
            }))
            : Fail(error);
    }

    private static S3Fault? TryBegin(S3Call call, out ListingQueryText query)
    {
        query = null!;
        return call.Principal.May(Permissions.Read)
            ? ListingQueryText.TryRead(call, "max-keys", out query)
            : S3Faults.ReadDenied;
    }

    private ValueTask<CacheResult<ListingPage>> TakeAsync(S3Call call, ListingQueryText query, ListingPlace place) =>
        new ListingWalk(s3.Listing, call.Listing, query.Prefix, query.Delimiter)
            .TakeAsync(place, query.Max, call.Aborted);

    private static List<S3ObjectEntry> Entries(ListingPage page) =>
    [
        .. page.Objects.Select(info => new S3ObjectEntry(
            info.Metadata.Key, info.CreatedAt, ObjectMetadata.TagOf(info), info.Size)),
    ];

    private S3Fault Fail(CacheError error)
    {
        faults.Report(error);
        return S3Faults.OfWrite(error);
    }
}
