using Fabrik.Cache;
using Fabrik.Server.Auth;
using Fabrik.Wire.S3;
using Fabrik.Wire.S3.Chunked;
using Fabrik.Wire.S3.Signing;

namespace Fabrik.Server.Adapters.S3;

/// <summary>
/// S3's words for everything that can go wrong. 403 on a write makes sccache read-only, 404 on a read is a miss to all;
/// SDKs send again on 500 and 503, so what will not go away (a full disk) is another status.
/// </summary>
internal static class S3Faults
{
    public static readonly S3Fault AccessDenied = new("AccessDenied", 403, "Access denied");
    public static readonly S3Fault ReadDenied = AccessDenied.With("This key may not read");
    public static readonly S3Fault WriteDenied = AccessDenied.With("This key may not write");
    public static readonly S3Fault DeleteDenied = AccessDenied.With("This key may not delete");
    public static readonly S3Fault BadDigest = new(
        "BadDigest", 400, "The body does not have the digest that was announced for it");

    public static readonly S3Fault BucketNotEmpty = new(
        "BucketNotEmpty", 409, "Buckets come from the configuration and are not deleted by requests");

    public static readonly S3Fault ConditionalRequestConflict = new(
        "ConditionalRequestConflict", 409, "What the condition speaks of was deleted while the request was served");

    public static readonly S3Fault EntityTooLarge = new("EntityTooLarge", 400, "The object is too large");
    public static readonly S3Fault EntityTooSmall = new(
        "EntityTooSmall", 400, "A part other than the last has less than 5 MiB");

    public static readonly S3Fault IncompleteBody = new(
        "IncompleteBody", 400, "The body has another length than was announced");

    public static readonly S3Fault InternalError = new("InternalError", 500, "The cache failed");
    public static readonly S3Fault InvalidArgument = new("InvalidArgument", 400, "An argument is not valid");
    public static readonly S3Fault InvalidBucketName = new(
        "InvalidBucketName", 400, "The name of the bucket has characters, or a length, that no bucket has");

    public static readonly S3Fault InvalidDigest = new("InvalidDigest", 400, "Content-MD5 is not 16 bytes in base64");
    public static readonly S3Fault InvalidPart = new(
        "InvalidPart", 400, "A part is not there, or has another ETag than the one that was given");

    public static readonly S3Fault InvalidPartOrder = new(
        "InvalidPartOrder", 400, "The parts are not in ascending order");

    public static readonly S3Fault InvalidRange = new(
        "InvalidRange", 416, "The range lies behind the end of the object");

    public static readonly S3Fault InvalidRequest = new("InvalidRequest", 400, "The request is not valid");
    public static readonly S3Fault InvalidUri = new("InvalidURI", 400, "The path is not valid UTF-8 in %-escapes");
    public static readonly S3Fault KeyTooLong = new("KeyTooLongError", 400, "The key has more than 1024 bytes");
    public static readonly S3Fault MalformedXml = new(
        "MalformedXML", 400, "The body is not the XML that this request takes");

    public static readonly S3Fault MetadataTooLarge = new(
        "MetadataTooLarge", 400, "The user metadata have more than 2 KiB");

    public static readonly S3Fault MethodNotAllowed = new(
        "MethodNotAllowed", 405, "The method is not allowed on this resource");

    public static readonly S3Fault MissingContentLength = new(
        "MissingContentLength", 411, "x-amz-decoded-content-length is needed");

    public static readonly S3Fault NoSuchBucket = new("NoSuchBucket", 404, "There is no such bucket");
    public static readonly S3Fault NoSuchKey = new("NoSuchKey", 404, "There is no such key");
    public static readonly S3Fault NoSuchUpload = new(
        "NoSuchUpload", 404, "There is no such upload: it was completed, aborted or has expired");

    public static readonly S3Fault NoSuchVersion = new("NoSuchVersion", 404, "There are no versions of objects");
    public static readonly S3Fault PreconditionFailed = new("PreconditionFailed", 412, "A condition does not hold");
    public static readonly S3Fault Kept = PreconditionFailed.With(
        "Another object is there, and this key may not overwrite it");

    public static readonly S3Fault SlowDown = new("SlowDown", 503, "Too many requests are being served");
    public static readonly S3Fault Unavailable = new("ServiceUnavailable", 503, "The cache cannot answer now");
    public static readonly S3Fault PayloadMismatch = new(
        "XAmzContentSHA256Mismatch", 400, "The body does not have the SHA-256 that x-amz-content-sha256 gives");

    /// <summary>An operation of S3 that there is not here.</summary>
    public static S3Fault NotImplemented(string what) => new("NotImplemented", 501, $"There is no {what} here");

    /// <summary>A tier failed on a read.</summary>
    public static S3Fault OfRead(CacheError error) => error.Kind switch
    {
        // Damaged bytes are gone, and what an upstream does not say is not there.
        CacheErrorKind.Damaged or CacheErrorKind.Denied or CacheErrorKind.ReadOnly => NoSuchKey,
        _ => OfWrite(error),
    };

    /// <summary>A tier failed on a write, or found the request at fault.</summary>
    public static S3Fault OfWrite(CacheError error) => error.Kind switch
    {
        CacheErrorKind.InvalidRequest => InvalidRequest.With(error.Message),
        CacheErrorKind.TooLarge => EntityTooLarge.With(error.Message),
        CacheErrorKind.Incomplete => IncompleteBody,
        CacheErrorKind.DigestMismatch => BadDigest,
        CacheErrorKind.StorageFull => new S3Fault("InsufficientStorage", 507, "The cache is full"),
        CacheErrorKind.ReadOnly or CacheErrorKind.Denied => AccessDenied.With("The cache takes no writes"),
        CacheErrorKind.Conflict => Kept,
        CacheErrorKind.Overloaded => SlowDown,
        CacheErrorKind.Timeout or CacheErrorKind.Unavailable or CacheErrorKind.ShuttingDown => Unavailable,
        _ => InternalError,
    };

    /// <summary>A request target names nothing.</summary>
    public static S3Fault OfTarget(S3TargetFault fault) => fault switch
    {
        S3TargetFault.InvalidBucketName => InvalidBucketName,
        S3TargetFault.KeyTooLong => KeyTooLong,
        _ => InvalidUri,
    };

    /// <summary>A signature is not good.</summary>
    public static S3Fault OfSignature(SignatureFinding finding, bool isPresigned) => (finding.Fault switch
    {
        SignatureFault.MissingFields or SignatureFault.Malformed or SignatureFault.WrongScope => new S3Fault(
            isPresigned ? "AuthorizationQueryParametersError" : "AuthorizationHeaderMalformed", 400, ""),
        SignatureFault.UnsupportedAlgorithm => InvalidRequest,
        SignatureFault.TooSkewed => new S3Fault("RequestTimeTooSkewed", 403, ""),
        SignatureFault.UnknownKey => new S3Fault("InvalidAccessKeyId", 403, ""),
        SignatureFault.SignatureMismatch => new S3Fault("SignatureDoesNotMatch", 403, ""),
        _ => AccessDenied,
    }).With(finding.Message);

    /// <summary>A token is not good.</summary>
    public static S3Fault OfToken(AuthFailure failure) => failure switch
    {
        AuthFailure.Missing => AccessDenied.With("The request is not signed"),
        AuthFailure.Expired => new S3Fault("ExpiredToken", 400, "The token has expired"),
        AuthFailure.NotYetValid => InvalidToken("is not valid yet"),
        AuthFailure.UnknownKey => InvalidToken("is not signed by a key that is known here"),
        AuthFailure.BadSignature => InvalidToken("has a wrong signature"),
        AuthFailure.WrongClaims => InvalidToken("lacks a claim, or has another one than is expected"),
        _ => InvalidToken("cannot be read"),
    };

    /// <summary>A body in chunks is not good.</summary>
    public static S3Fault OfChunks(AwsChunkedFault fault) => fault switch
    {
        AwsChunkedFault.Truncated or AwsChunkedFault.LengthMismatch => IncompleteBody,
        AwsChunkedFault.SignatureMismatch => new S3Fault(
            "SignatureDoesNotMatch", 403, "The signature of a chunk is not the one that the secret key gives"),
        AwsChunkedFault.UnknownTrailer or AwsChunkedFault.MissingTrailer => new S3Fault(
            "MalformedTrailerError", 400, "The trailers are not those that x-amz-trailer announces"),
        _ => InvalidRequest.With("The body is not well-formed aws-chunked"),
    };

    private static S3Fault InvalidToken(string what) => new("InvalidToken", 400, $"The token {what}");
}
