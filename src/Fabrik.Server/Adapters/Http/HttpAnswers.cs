using Fabrik.Cache;
using Fabrik.Server.Adapters.Serving;

namespace Fabrik.Server.Adapters.Http;

/// <summary>
/// Plain HTTP says what happened: ccache and sccache take any error as a miss and go on by themselves. Two statuses
/// carry more: 403 on a write makes sccache read-only, and 404 on a read is a miss that neither counts as an error.
/// </summary>
internal static class HttpAnswers
{
    public static readonly Answer Created = new(201);
    public static readonly Answer Deleted = new(204);
    public static readonly Answer NotFound = new(404);
    public static readonly Answer DeleteForbidden = new(403, "the token may not delete");
    public static readonly Answer DepthForbidden = new(403, "only PROPFIND with Depth: 0 is answered");

    public static readonly Answer BadPath = new(
        400, "the path must have 1 to 1024 bytes, no empty, \".\" or \"..\" segment, and no control characters");

    private static readonly Answer ReadOnly = new(403, "the cache takes no writes");

    public static AnswerTable Table { get; } = new()
    {
        Miss = NotFound,
        Stored = Created,
        Identical = new Answer(200),
        Kept = new Answer(200),
        Unauthenticated = new Answer(401, "a valid token is required: as bearer token, or as the password of Basic"),
        ReadForbidden = new Answer(403, "the token may not read"),
        WriteForbidden = new Answer(403, "the token may not write"),
        BadReadKey = BadPath,
        BadWriteKey = BadPath,
        // Damaged bytes are gone, and what an upstream does not say is not there.
        ReadFault = static kind => kind is CacheErrorKind.Damaged or CacheErrorKind.Denied or CacheErrorKind.ReadOnly
            ? NotFound
            : OfKind(kind),
        WriteFault = OfKind,
    };

    private static Answer OfKind(CacheErrorKind kind) => kind switch
    {
        CacheErrorKind.InvalidRequest => new Answer(400, "the request cannot be served"),
        CacheErrorKind.TooLarge => new Answer(413, "the artifact is too large"),
        CacheErrorKind.Incomplete => new Answer(400, "the body is not complete"),
        CacheErrorKind.DigestMismatch => new Answer(400, "the body has another digest than was announced"),
        CacheErrorKind.StorageFull => new Answer(507, "the cache is full"),
        CacheErrorKind.ReadOnly or CacheErrorKind.Denied => ReadOnly,
        CacheErrorKind.Conflict => new Answer(409, "there is another artifact"),
        CacheErrorKind.Timeout or CacheErrorKind.Unavailable or CacheErrorKind.Overloaded
            or CacheErrorKind.ShuttingDown => new Answer(503, "the cache cannot answer now"),
        _ => new Answer(500, "the cache failed"),
    };
}
