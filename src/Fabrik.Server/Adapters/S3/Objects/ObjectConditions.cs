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

    /// <summary>Whether a PUT or a completion depends on what is there.</summary>
    public static bool AnyOnWrite(S3Call call) => RequestConditions.AnyOnWrite(call.Http.Request);

    /// <summary>Judges a PUT or a completion; <see langword="null"/> for nothing that is there.</summary>
    /// <returns>What is wrong: another object is another fault than none at all.</returns>
    public static S3Fault? OfWrite(S3Call call, ArtifactInfo? current)
    {
        var conditions = RequestConditions.Of(call.Http.Request);
        return !conditions.IfMatch.IsEmpty && current is null ? S3Faults.NoSuchKey
            : conditions.EvaluateWrite(current is null ? default : ObjectMetadata.TagOf(current))
                == ConditionOutcome.Proceed ? null
            : S3Faults.PreconditionFailed;
    }

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
