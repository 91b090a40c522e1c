using Fabrik.Cache;
using Fabrik.Server.Adapters.Serving;

namespace Fabrik.Server.Adapters.Bazel.Http;

/// <summary>
/// What Bazel hears, and what it makes of it. On a read 404 is a miss; anything else but 200 is an error, of which 500,
/// 502, 503 and 504 are tried again, five times by default. On a write 200, 201, 202 and 204 are successes. An error of
/// a write, or of the read of an action result, is one warning for each different text, and the build goes on by
/// itself: so texts do not name what they are about. The one error that ends a build is that of a blob which an action
/// result, in an earlier answer, has promised.
/// </summary>
internal static class BazelHttpAnswers
{
    /// <summary>An unknown <c>Content-Encoding</c>, as RFC 9110, section 15.5.16, wants it.</summary>
    public static readonly Answer UnknownBlobCoding = new(
        415, "the Content-Encoding is not known: blobs are taken as they are, or as zstd");

    /// <summary>The same of a result, which is too small to be worth one.</summary>
    public static readonly Answer UnknownActionCoding = new(
        415, "an action's result is taken as it is, without a Content-Encoding");

    private static readonly Answer Miss = new(404);

    // What is recommended of the four successes; a result that was there already is as good as the new one.
    private static readonly Answer Stored = new(200);

    private static readonly Answer BadKey = new(
        400, "the key must be a SHA-256 in 64 lower-case hex digits, and the instance before it a valid name");

    /// <summary>
    /// Of action results. A failed read is a miss, and costs an action: trying again would hold up each of them, and
    /// the next one after it.
    /// </summary>
    public static AnswerTable Actions { get; } = Table(static _ => Miss);

    /// <summary>
    /// Of blobs. Who asks has been promised them: a passing failure is told as one, so that Bazel tries again instead
    /// of giving the blob up, and with it the build. What is damaged, or not given to us, will not come back: as a
    /// miss it is built anew.
    /// </summary>
    public static AnswerTable Blobs { get; } = Table(static kind =>
        kind is CacheErrorKind.Damaged or CacheErrorKind.Denied or CacheErrorKind.ReadOnly ? Miss : OfKind(kind));

    private static AnswerTable Table(Func<CacheErrorKind, Answer> readFault) => new()
    {
        Miss = Miss,
        Stored = Stored,
        Identical = Stored,
        Kept = Stored,
        // With a challenge that says invalid_token Bazel asks its credential helper for a new one, once.
        Unauthenticated = new Answer(401, "a valid token is required: as bearer token, or as the password of Basic"),
        // As a miss it would look like a cold cache for ever; as an error it is one warning, and the build goes on.
        ReadForbidden = new Answer(403, "the token may not read"),
        // Likewise; who builds with such a token sets --noremote_upload_local_results, and hears nothing.
        WriteForbidden = new Answer(403, "the token may not write"),
        BadReadKey = BadKey,
        BadWriteKey = BadKey,
        ReadFault = readFault,
        WriteFault = OfKind,
    };

    // 4xx and 507 are not tried again: the same request would fare the same.
    private static Answer OfKind(CacheErrorKind kind) => kind switch
    {
        CacheErrorKind.InvalidRequest => new Answer(400, "the request cannot be served"),
        CacheErrorKind.TooLarge => new Answer(413, "the body is too large"),
        CacheErrorKind.Incomplete => new Answer(400, "the body is not complete"),
        CacheErrorKind.DigestMismatch => new Answer(400, "the body does not have the SHA-256 of its key"),
        CacheErrorKind.StorageFull => new Answer(507, "the cache is full"),
        CacheErrorKind.ReadOnly or CacheErrorKind.Denied => new Answer(403, "the cache takes no writes"),
        CacheErrorKind.Conflict => new Answer(409, "there is another entry"),
        CacheErrorKind.Timeout or CacheErrorKind.Unavailable or CacheErrorKind.Overloaded
            or CacheErrorKind.ShuttingDown => new Answer(503, "the cache cannot answer now"),
        _ => new Answer(500, "the cache failed"),
    };
}
