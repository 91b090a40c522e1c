using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Server.Adapters.S3.Multipart;

/// <summary>
/// Where uploads and their parts wait: entries of the store on this machine, listed, and gone a day after they were
/// written. Their leases are renewed with each part, so that they are not evicted while the upload goes on.
/// </summary>
internal sealed class UploadStaging(S3Services s3)
{
    private const string UploadNamespace = "s3-upload";
    private const string PartNamespace = "s3-part";
    private const int IdLength = 32;

    // Behind every id, which is hexadecimal, and so behind every upload of one key.
    private const string BehindIds = "g";

    private static readonly TimeSpan TimeToLive = TimeSpan.FromHours(24);

    /// <summary>Begins an upload; gives its id.</summary>
    public async ValueTask<CacheResult<string>> CreateAsync(
        S3Call call, IEnumerable<KeyValuePair<string, string>> properties)
    {
        var id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        var options = new PutOptions
        {
            Metadata = new ArtifactMetadata
            {
                Tool = S3Call.Namespace,
                Key = ListedKey(call.Target.Key, id),
                Listing = UploadsOf(call),
                Properties = [.. properties, new(StagedUpload.KeyProperty, call.Target.Key)],
            },
            ExpectedSize = 0,
            TimeToLive = TimeToLive,
        };
        var put = await s3.Staging.PutAsync(
            UploadId(call, id), PipeReader.Create(ReadOnlySequence<byte>.Empty), options, call.Aborted);
        return put.Error is { } error ? error : id;
    }

    /// <summary>The upload that a request names; <see langword="null"/> if there is none, or of another key.</summary>
    public async ValueTask<CacheResult<StagedUpload?>> FindAsync(S3Call call)
    {
        call.Target.Query.TryGet("uploadId", out var id);
        if (id.Length != IdLength)
        {
            return default(StagedUpload);
        }

        var found = await s3.Staging.StatAsync(UploadId(call, id), call.Aborted);
        return !found.TryGet(out var info, out var error) ? error
            : info is null ? default(StagedUpload)
            : new StagedUpload(id, info) is var upload && upload.Key == call.Target.Key ? upload
            : default(StagedUpload);
    }

    /// <summary>What is stored with a part; the same number again replaces it.</summary>
    public static PutOptions OptionsOf(S3Call call, StagedUpload upload, int number) => new()
    {
        Metadata = new ArtifactMetadata
        {
            Tool = S3Call.Namespace,
            Key = number.ToString("D5", CultureInfo.InvariantCulture),
            Listing = PartsOf(call, upload.Id),
        },
        Overwrite = true,
        TimeToLive = TimeToLive,
    };

    /// <summary>Stores a part, and renews the leases.</summary>
    public async ValueTask<CacheResult<PutOutcome>> PutAsync(
        S3Call call, StagedUpload upload, int number, PipeReader body, PutOptions options)
    {
        var id = PartId(call, upload.Id, number);
        var stored = await s3.Staging.PutAsync(id, body, options, call.Aborted);
        if (stored.Error is null)
        {
            ArtifactId[] leased = [upload.Info.Id, id];
            await s3.Staging.ContainsAsync(leased, new bool[leased.Length], call.Aborted);
        }

        return stored;
    }

    /// <summary>Describes a part; <see langword="null"/> if it is not there.</summary>
    public ValueTask<CacheResult<ArtifactInfo?>> StatAsync(S3Call call, StagedUpload upload, int number) =>
        s3.Staging.StatAsync(PartId(call, upload.Id, number), call.Aborted);

    /// <summary>Opens a part.</summary>
    public ValueTask<CacheResult<CachedArtifact?>> OpenAsync(
        S3Call call, StagedUpload upload, int number, CancellationToken cancellationToken) =>
        s3.Staging.GetAsync(PartId(call, upload.Id, number), cancellationToken);

    /// <summary>The parts behind a number.</summary>
    public async ValueTask<CacheResult<(List<StagedPart> Parts, bool HasMore)>> PartsAsync(
        S3Call call, StagedUpload upload, int after, int max)
    {
        var listed = await s3.Listing.ListAsync(
            new ListingQuery(PartsOf(call, upload.Id))
            {
                After = after.ToString("D5", CultureInfo.InvariantCulture),
                Limit = max,
            },
            call.Aborted);
        return listed.TryGet(out var page, out var error)
            ? (page.Entries.Select(info => new StagedPart(
                int.Parse(info.Metadata.Key, CultureInfo.InvariantCulture), info)).ToList(), page.HasMore)
            : error;
    }

    /// <summary>The uploads of a bucket behind one of them, by key.</summary>
    public async ValueTask<CacheResult<(List<StagedUpload> Uploads, bool HasMore)>> UploadsAsync(
        S3Call call, string prefix, (string Key, string Id) after, int max)
    {
        var listed = await s3.Listing.ListAsync(
            new ListingQuery(UploadsOf(call))
            {
                Prefix = Cut(prefix),
                After = after.Key.Length == 0 ? "" : ListedKey(after.Key, after.Id.Length == 0 ? BehindIds : after.Id),
                Limit = max,
            },
            call.Aborted);
        return listed.TryGet(out var page, out var error)
            ? (page.Entries.Select(info => new StagedUpload(info.Metadata.Key[^IdLength..], info)).ToList(),
                page.HasMore)
            : error;
    }

    /// <summary>Removes an upload and all its parts.</summary>
    public async ValueTask<CacheError?> RemoveAsync(S3Call call, StagedUpload upload)
    {
        // The upload first: no further part is taken then. What cannot be removed expires.
        if ((await s3.Staging.DeleteAsync(upload.Info.Id, call.Aborted)).Error is { } kept)
        {
            return kept;
        }

        var after = 0;
        var hasMore = true;
        while (hasMore)
        {
            var listed = await PartsAsync(call, upload, after, IArtifactListing.MaxPage);
            if (!listed.TryGet(out var page, out var error))
            {
                return error;
            }

            foreach (var part in page.Parts)
            {
                await s3.Staging.DeleteAsync(part.Info.Id, call.Aborted);
                after = part.Number;
            }

            hasMore = page.HasMore && page.Parts.Count > 0;
        }

        return null;
    }

    private static string UploadsOf(S3Call call) => S3Listings.Of("s3-uploads", call.Principal, call.Bucket.Name);

    private static string PartsOf(S3Call call, string uploadId) =>
        S3Listings.Of("s3-parts", call.Principal, uploadId);

    private static ArtifactId UploadId(S3Call call, string id) => new ArtifactKey(
        call.Principal.Tenant, call.Principal.WriteScope, UploadNamespace, $"{call.Bucket.Name}/{id}").ToId();

    private static ArtifactId PartId(S3Call call, string uploadId, int number) => new ArtifactKey(
        call.Principal.Tenant,
        call.Principal.WriteScope,
        PartNamespace,
        string.Create(CultureInfo.InvariantCulture, $"{uploadId}/{number}")).ToId();

    private static string ListedKey(string key, string id) => $"{Cut(key)}\0{id}";

    // A listed key has room for the id: of the longest keys the end is left out, which only orders them.
    private static string Cut(string key)
    {
        const int Max = IArtifactListing.MaxKeyBytes - IdLength - 1;
        if (Encoding.UTF8.GetByteCount(key) <= Max)
        {
            return key;
        }

        var length = 0;
        var bytes = 0;
        foreach (var rune in key.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > Max)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return key[..length];
    }
}
