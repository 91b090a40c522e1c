using Fabrik.Wire.S3;
using Fabrik.Wire.S3.Xml;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.S3;

/// <summary>The operations on buckets, which are those of the configuration.</summary>
internal sealed class Buckets(ServerServices services)
{
    private readonly DateTimeOffset _since = services.Time.GetUtcNow();

    /// <summary>ListBuckets.</summary>
    public ValueTask<S3Fault?> ListAsync(S3Call call) => S3Answers.SendAsync(
        call,
        to => S3XmlLists.WriteBuckets(
            to, S3Answers.Owner, [.. call.Options.Buckets.Select(bucket => new S3BucketEntry(bucket.Name, _since))]));

    /// <summary>HeadBucket.</summary>
    public static ValueTask<S3Fault?> HeadAsync(S3Call call)
    {
        call.Http.Response.Headers["x-amz-bucket-region"] = call.Options.Region;
        return default;
    }

    /// <summary>GetBucketLocation.</summary>
    public static ValueTask<S3Fault?> LocateAsync(S3Call call) => S3Answers.SendAsync(
        call, to => S3Xml.WriteLocation(to, call.Options.Region is "us-east-1" ? "" : call.Options.Region));

    /// <summary>CreateBucket: clients make a bucket to be sure that it is there, and it is.</summary>
    public static ValueTask<S3Fault?> CreateAsync(S3Call call)
    {
        var bucket = call.Target.Bucket;
        if (call.Options.Find(bucket) is null)
        {
            return ValueTask.FromResult<S3Fault?>(S3Target.IsBucketName(bucket)
                ? S3Faults.AccessDenied.With("Buckets come from the configuration: build_tools.s3.buckets")
                : S3Faults.InvalidBucketName);
        }

        call.Http.Response.StatusCode = StatusCodes.Status200OK;
        call.Http.Response.Headers.Location = $"/{bucket}";
        return default;
    }

    /// <summary>DeleteBucket, which is not for requests to do.</summary>
    public static ValueTask<S3Fault?> DeleteAsync(S3Call call) =>
        ValueTask.FromResult<S3Fault?>(S3Faults.BucketNotEmpty);
}
