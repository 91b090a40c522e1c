namespace Fabrik.Wire.Http;

/// <summary>What becomes of a request that has conditions.</summary>
public enum ConditionOutcome
{
    /// <summary>It is served.</summary>
    Proceed,

    /// <summary>The client has it already: 304.</summary>
    NotModified,

    /// <summary>The client thinks of another representation: 412.</summary>
    Failed,
}

/// <summary>The conditions of a request: RFC 9110, section 13. An absent header is empty.</summary>
public readonly ref struct Preconditions
{
    /// <summary><c>If-Match</c>.</summary>
    public ReadOnlySpan<char> IfMatch { get; init; }

    /// <summary><c>If-None-Match</c>.</summary>
    public ReadOnlySpan<char> IfNoneMatch { get; init; }

    /// <summary><c>If-Modified-Since</c>.</summary>
    public ReadOnlySpan<char> IfModifiedSince { get; init; }

    /// <summary><c>If-Unmodified-Since</c>.</summary>
    public ReadOnlySpan<char> IfUnmodifiedSince { get; init; }

    /// <summary><c>If-Range</c>.</summary>
    public ReadOnlySpan<char> IfRange { get; init; }

    /// <summary>Whether any header but <c>If-Range</c> is there.</summary>
    public bool Any =>
        !(IfMatch.IsEmpty && IfNoneMatch.IsEmpty && IfModifiedSince.IsEmpty && IfUnmodifiedSince.IsEmpty);

    /// <summary>Judges a GET or HEAD, in the order of section 13.2.2.</summary>
    /// <param name="tag">The representation's tag, with its quotes; empty when it has none.</param>
    /// <param name="modified">When it was last modified.</param>
    public ConditionOutcome EvaluateRead(ReadOnlySpan<char> tag, DateTimeOffset modified)
    {
        if (!IfMatch.IsEmpty)
        {
            if (!EntityTags.Match(IfMatch, tag, weakly: false))
            {
                return ConditionOutcome.Failed;
            }
        }
        else if (HttpDate.TryParse(IfUnmodifiedSince, out var unmodifiedSince) && Seconds(modified) > unmodifiedSince)
        {
            return ConditionOutcome.Failed;
        }

        if (!IfNoneMatch.IsEmpty)
        {
            return EntityTags.Match(IfNoneMatch, tag, weakly: true)
                ? ConditionOutcome.NotModified
                : ConditionOutcome.Proceed;
        }

        return HttpDate.TryParse(IfModifiedSince, out var modifiedSince) && Seconds(modified) <= modifiedSince
            ? ConditionOutcome.NotModified
            : ConditionOutcome.Proceed;
    }

    /// <summary>Judges a PUT or DELETE by the tag of what is there; it is empty when nothing is.</summary>
    public ConditionOutcome EvaluateWrite(ReadOnlySpan<char> tag)
    {
        var exists = !tag.IsEmpty;
        var isWrongOne = !IfMatch.IsEmpty && !(exists && EntityTags.Match(IfMatch, tag, weakly: false));
        var isThere = !IfNoneMatch.IsEmpty && exists && EntityTags.Match(IfNoneMatch, tag, weakly: true);
        return isWrongOne || isThere ? ConditionOutcome.Failed : ConditionOutcome.Proceed;
    }

    /// <summary>
    /// Whether a <c>Range</c> beside <c>If-Range</c> holds: only for what it names, and never by a weak tag.
    /// </summary>
    public bool RangeHolds(ReadOnlySpan<char> tag, DateTimeOffset modified)
    {
        var condition = IfRange.Trim(" \t");
        return condition.IsEmpty
            || (condition.SequenceEqual(tag) && condition[0] == '"')
            || (HttpDate.TryParse(condition, out var date) && date == Seconds(modified));
    }

    /// <summary>What is compared with a header has its accuracy.</summary>
    private static DateTimeOffset Seconds(DateTimeOffset date) => new(
        date.UtcTicks - (date.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}
