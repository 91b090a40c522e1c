using System.Net;
using System.Net.Sockets;
using System.Xml;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Fabrik.Cache;

namespace Fabrik.Upstreams.S3;

/// <summary>What the SDK throws, as failures that say what to do about them.</summary>
internal static class S3Faults
{
    /// <summary>Whether an object is not there.</summary>
    public static bool IsMissing(AmazonServiceException fault) =>
        fault.StatusCode == HttpStatusCode.NotFound && fault.ErrorCode != "NoSuchBucket";

    /// <summary>Whether a conditional write found an object.</summary>
    public static bool IsThere(AmazonServiceException fault) => fault.StatusCode == HttpStatusCode.PreconditionFailed;

    /// <summary>Whether a server may have answered so because it knows no conditional writes.</summary>
    public static bool MayRefuseConditions(AmazonServiceException fault) =>
        fault.StatusCode == HttpStatusCode.NotImplemented
        || (fault.StatusCode == HttpStatusCode.BadRequest
            && fault.ErrorCode is "NotImplemented" or "InvalidArgument" or "InvalidRequest");

    /// <summary>The failure behind an exception; null for a bug of ours, and for cancellation by the caller.</summary>
    public static CacheError? Classify(Exception thrown, string store, CancellationToken cancellationToken)
    {
        for (Exception? cause = thrown; cause is not null; cause = cause.InnerException)
        {
            if (cause is BearerTokenException token)
            {
                return token.Error;
            }
        }

        return thrown switch
        {
            OperationCanceledException when cancellationToken.IsCancellationRequested => null,
            OperationCanceledException or TimeoutException =>
                Upstream(CacheErrorKind.Timeout, $"{store} did not answer in time", thrown),
            AmazonServiceException { InnerException: not IOException } service when service.StatusCode != default =>
                FromAnswer(service, store),
            XmlException => NotS3(store, "its XML is broken", thrown),
            _ when FindNetworkFault(thrown) is { } fault =>
                Upstream(CacheErrorKind.Unavailable, $"{store} cannot be reached: {fault}", thrown),
            AmazonClientException => Upstream(
                CacheErrorKind.Denied, $"{store} was not asked, for lack of credentials: {thrown.Message}", thrown),
            AmazonServiceException => Upstream(
                CacheErrorKind.Unavailable, $"{store} gave no answer: {thrown.Message}", thrown),
            _ => null,
        };
    }

    private static CacheError FromAnswer(AmazonServiceException fault, string store)
    {
        var status = (int)fault.StatusCode;
        var answer = $"{status}{(string.IsNullOrEmpty(fault.ErrorCode) ? "" : " " + fault.ErrorCode)}";
        return fault.ErrorCode switch
        {
            "RequestTimeTooSkewed" or "RequestExpired" or "RequestInTheFuture" => Upstream(
                CacheErrorKind.Denied,
                $"{store} refuses requests of a machine whose clock is wrong ({answer}{DateOf(fault)}): set the clock",
                fault),
            "NoSuchBucket" =>
                Configuration($"{store} does not exist ({answer}): create the bucket, or name another", fault),
            "PermanentRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" =>
                Configuration($"{store} is in another region than is configured ({answer}): {fault.Message}", fault),
            "SlowDown" or "RequestLimitExceeded" or "Throttling" or "ThrottlingException" or "TooManyRequests" =>
                Upstream(CacheErrorKind.Overloaded, $"{store} asks for fewer requests ({answer})", fault),
            "RequestTimeout" =>
                Upstream(CacheErrorKind.Timeout, $"{store} waited too long for a request ({answer})", fault),
            "ExpiredToken" or "InvalidToken" or "TokenRefreshRequired" =>
                Upstream(CacheErrorKind.Denied, $"{store} takes our session token no more ({answer})", fault),
            "EntityTooLarge" =>
                Upstream(CacheErrorKind.TooLarge, $"{store} takes no object so large ({answer})", fault),
            "QuotaExceeded" => Upstream(CacheErrorKind.StorageFull, $"{store} is full ({answer})", fault),
            _ => FromStatus(fault, store, answer),
        };
    }

    private static CacheError FromStatus(AmazonServiceException fault, string store, string answer)
    {
        var status = (int)fault.StatusCode;
        return status switch
        {
            401 or 403 => Upstream(
                CacheErrorKind.Denied,
                $"{store} refuses our credentials or lets them do too little ({answer}); without the right to list the "
                + "bucket, S3 answers so for objects that are not there as well",
                fault),
            408 => Upstream(CacheErrorKind.Timeout, $"{store} waited too long for a request ({answer})", fault),
            409 or 429 or 503 =>
                Upstream(CacheErrorKind.Overloaded, $"{store} asks to come back later ({answer})", fault),
            413 => Upstream(CacheErrorKind.TooLarge, $"{store} takes no object so large ({answer})", fault),
            507 => Upstream(CacheErrorKind.StorageFull, $"{store} is full ({answer})", fault),
            >= 300 and < 400 => Configuration(
                $"{store} is at another address than is configured ({answer}): {fault.Message}", fault),
            >= 500 => Upstream(CacheErrorKind.Unavailable, $"{store} has a fault ({answer})", fault),
            >= 200 and < 300 => NotS3(store, answer, fault),
            _ => Upstream(CacheErrorKind.Io, $"{store} refuses a request ({answer}): {fault.Message}", fault),
        };
    }

    private static string? FindNetworkFault(Exception thrown)
    {
        for (Exception? cause = thrown; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }:
                    return "its name is not known";
                case HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }:
                    return $"TLS failed: {(cause.InnerException ?? cause).Message}";
                case HttpRequestException or SocketException or IOException:
                    return cause.Message;
                default:
                    break;
            }
        }

        return null;
    }

    private static string DateOf(Exception fault) =>
        fault.InnerException is HttpErrorResponseException { Response: { } response }
        && response.GetHeaderValue("Date") is { Length: > 0 } date
            ? $", its date is {date}"
            : "";

    private static CacheError NotS3(string store, string answer, Exception cause) =>
        Upstream(CacheErrorKind.Unavailable, $"{store} answered something that is not S3 ({answer})", cause);

    private static CacheError Upstream(CacheErrorKind kind, string message, Exception cause) =>
        new(kind, CacheErrorSource.Upstream, message, cause);

    // The next try works once somebody mends it, so what waits for that is kept.
    private static CacheError Configuration(string message, Exception cause) =>
        CacheError.Internal(CacheErrorKind.Unavailable, message, cause);
}
