using Fabrik.Wire.S3.Checksums;

namespace Fabrik.Wire.S3.Xml;

/// <summary>An error: S3 API reference, "Error responses".</summary>
/// <param name="Code">The code, as <c>NoSuchKey</c>.</param>
/// <param name="Message">A sentence for people; says nothing secret.</param>
/// <param name="Resource">The bucket or object, as <c>/bucket/key</c>.</param>
/// <param name="RequestId">The request's id.</param>
public sealed record S3ErrorDocument(string Code, string Message, string Resource, string RequestId)
{
    /// <summary>Further elements that some codes have, as <c>BucketName</c> or <c>Region</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Details { get; init; } = [];

    /// <summary>Whether a declaration was written before: the error was found while an answer was under way.</summary>
    public bool OmitDeclaration { get; init; }
}

/// <summary>Who owns something; both forms of the name are the same where there are no accounts.</summary>
/// <param name="Id">The id.</param>
/// <param name="DisplayName">The name.</param>
public sealed record S3Owner(string Id, string DisplayName);

/// <summary>A bucket in ListBuckets.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Created">When it was made.</param>
public readonly record struct S3BucketEntry(string Name, DateTimeOffset Created);

/// <summary>An object in a listing.</summary>
/// <param name="Key">Its key.</param>
/// <param name="LastModified">When it was written.</param>
/// <param name="ETag">Its entity tag, with the quotes.</param>
/// <param name="Size">Its bytes.</param>
public readonly record struct S3ObjectEntry(string Key, DateTimeOffset LastModified, string ETag, long Size);

/// <summary>What both kinds of listing have.</summary>
public abstract record S3ObjectList
{
    /// <summary>The bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>The prefix that was asked for.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The delimiter that was asked for; null without.</summary>
    public string? Delimiter { get; init; }

    /// <summary>The largest number of keys and common prefixes that was asked for.</summary>
    public int MaxKeys { get; init; } = 1000;

    /// <summary>Whether keys are percent-encoded: encoding-type=url was asked for.</summary>
    public bool EncodesKeys { get; init; }

    /// <summary>The objects, by key.</summary>
    public IReadOnlyList<S3ObjectEntry> Objects { get; init; } = [];

    /// <summary>The common prefixes, in order; they end with the delimiter.</summary>
    public IReadOnlyList<string> CommonPrefixes { get; init; } = [];

    /// <summary>The owner of the objects, if it was asked for.</summary>
    public S3Owner? Owner { get; init; }
}

/// <summary>ListObjectsV2. It is truncated if there is a next token.</summary>
public sealed record S3ObjectListV2 : S3ObjectList
{
    /// <summary>The key to start after that was asked for; null without.</summary>
    public string? StartAfter { get; init; }

    /// <summary>The token that was sent; null without.</summary>
    public string? ContinuationToken { get; init; }

    /// <summary>The token that gets what follows; null at the end.</summary>
    public string? NextContinuationToken { get; init; }
}

/// <summary>ListObjects, the first version.</summary>
public sealed record S3ObjectListV1 : S3ObjectList
{
    /// <summary>The key to start after that was asked for.</summary>
    public string Marker { get; init; } = "";

    /// <summary>Whether more follows.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>The marker that gets what follows; S3 gives it only where there is a delimiter.</summary>
    public string? NextMarker { get; init; }
}

/// <summary>A multipart upload, as CreateMultipartUpload answers it.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The key.</param>
/// <param name="UploadId">The upload's id.</param>
public sealed record S3Upload(string Bucket, string Key, string UploadId);

/// <summary>A part in ListParts.</summary>
/// <param name="Number">1 to 10,000.</param>
/// <param name="LastModified">When it was written.</param>
/// <param name="ETag">Its entity tag, with the quotes.</param>
/// <param name="Size">Its bytes.</param>
public readonly record struct S3PartEntry(int Number, DateTimeOffset LastModified, string ETag, long Size);

/// <summary>ListParts. It is truncated if there is a next marker.</summary>
/// <param name="Upload">The upload.</param>
/// <param name="Parts">The parts, by number.</param>
public sealed record S3PartList(S3Upload Upload, IReadOnlyList<S3PartEntry> Parts)
{
    /// <summary>The number to start after that was asked for.</summary>
    public int PartNumberMarker { get; init; }

    /// <summary>The number after which more follows; null at the end.</summary>
    public int? NextPartNumberMarker { get; init; }

    /// <summary>The largest number of parts that was asked for.</summary>
    public int MaxParts { get; init; } = 1000;

    /// <summary>Whether keys are percent-encoded.</summary>
    public bool EncodesKeys { get; init; }

    /// <summary>Who began the upload.</summary>
    public S3Owner? Owner { get; init; }
}

/// <summary>An upload in ListMultipartUploads.</summary>
/// <param name="Key">Its key.</param>
/// <param name="UploadId">Its id.</param>
/// <param name="Initiated">When it was begun.</param>
public readonly record struct S3UploadEntry(string Key, string UploadId, DateTimeOffset Initiated);

/// <summary>ListMultipartUploads. It is truncated if there is a next key marker.</summary>
public sealed record S3UploadList
{
    /// <summary>The bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>The prefix that was asked for.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The delimiter that was asked for; null without.</summary>
    public string? Delimiter { get; init; }

    /// <summary>The key to start at that was asked for.</summary>
    public string KeyMarker { get; init; } = "";

    /// <summary>The id to start after, of that key, that was asked for.</summary>
    public string UploadIdMarker { get; init; } = "";

    /// <summary>The key at which more follows; null at the end.</summary>
    public string? NextKeyMarker { get; init; }

    /// <summary>The id after which, of that key, more follows; null at the end.</summary>
    public string? NextUploadIdMarker { get; init; }

    /// <summary>The largest number of uploads that was asked for.</summary>
    public int MaxUploads { get; init; } = 1000;

    /// <summary>Whether keys are percent-encoded.</summary>
    public bool EncodesKeys { get; init; }

    /// <summary>The uploads, by key and then by time.</summary>
    public IReadOnlyList<S3UploadEntry> Uploads { get; init; } = [];

    /// <summary>The common prefixes, in order.</summary>
    public IReadOnlyList<string> CommonPrefixes { get; init; } = [];
}

/// <summary>An object as CompleteMultipartUpload answers it.</summary>
/// <param name="Location">Its address.</param>
/// <param name="Bucket">Its bucket.</param>
/// <param name="Key">Its key.</param>
/// <param name="ETag">Its entity tag, with the quotes.</param>
public sealed record S3CompletedUpload(string Location, string Bucket, string Key, string ETag)
{
    /// <summary>A checksum of the whole in base64; null if there is none.</summary>
    public (ChecksumAlgorithms Algorithm, string Base64)? Checksum { get; init; }

    /// <summary>Whether a declaration was written before, to keep the connection alive.</summary>
    public bool OmitDeclaration { get; init; }
}

/// <summary>A key that DeleteObjects could not delete.</summary>
/// <param name="Key">The key.</param>
/// <param name="Code">The error's code.</param>
/// <param name="Message">The error's message.</param>
public readonly record struct S3DeleteError(string Key, string Code, string Message);

/// <summary>What DeleteObjects did.</summary>
/// <param name="Deleted">The keys that are gone; empty if the request was to be quiet.</param>
/// <param name="Errors">The others.</param>
public sealed record S3DeleteResult(IReadOnlyList<string> Deleted, IReadOnlyList<S3DeleteError> Errors);
