using Fabrik.Cache.Artifacts;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Wire.Http;

namespace Fabrik.Server.Adapters.S3.Objects;

/// <summary>The conditions of requests, by the ETags and times of objects; their precedence is HTTP's.</summary>
internal static class ObjectConditions
{
    private const string CopyPrefix = "x-amz-copy-source-";

    /// <summary>Judges a GET or HEAD.</summary>
    public static ConditionOutcome OfRead(S3Call call, ArtifactInfo info) =>
        RequestConditions.Of(call.Http.Request).EvaluateRead(ObjectMetadata.TagOf(info), info.CreatedAt);

    /// <summary>
    /// Judges a write or a deletion when it begins; <see langword="null"/> for nothing that is there.
    /// </summary>
    /// <returns>What is wrong: another object is another fault than none at all.</returns>
    public static S3Fault? AtFirst(WriteCondition condition, ArtifactInfo? current) =>
        condition.Holds(current) ? null
        : condition.NeedsSomething && current is null ? S3Faults.NoSuchKey
        : S3Faults.PreconditionFailed;

    /// <summary>
    /// What is wrong where a condition held when the request began and no longer when it was to take effect: another
    /// writer came first, or the object was deleted, after which S3 wants the request to be sent again.
    /// </summary>
    public static S3Fault AtLast(WriteCondition condition) =>
        condition is { NeedsSomething: true, FoundSomething: false }
            ? S3Faults.ConditionalRequestConflict
            : S3Faults.PreconditionFailed;

    /// <summary>Judges the source of a copy: whatever does not hold ends it.</summary>
    public static bool SourceHolds(S3Call call, ArtifactInfo source)
    {
        var conditions = new Preconditions
        {
            IfMatch = call.Header(CopyPrefix + "if-match"),
            IfNoneMatch = call.Header(CopyPrefix + "if-none-match"),
            IfModifiedSince = call.Header(CopyPrefix + "if-modified-since"),
            IfUnmodifiedSince = call.Header(CopyPrefix + "if-unmodified-since"),
        };
        return conditions.EvaluateRead(ObjectMetadata.TagOf(source), source.CreatedAt) == ConditionOutcome.Proceed;
    }
}
