namespace Fabrik.Wire.Http.Caching;

/// <summary>Answering a client's own conditions from a stored response: RFC 9111, section 4.3.2.</summary>
public static class ConditionalAnswer
{
    private static readonly HashSet<string> LeftOutOf304 = new(StringComparer.OrdinalIgnoreCase)
    {
        "Content-Length", "Content-Type", "Content-Encoding", "Content-Language", "Content-Range", "Content-MD5",
        "Accept-Ranges",
    };

    /// <summary>
    /// Whether the request has conditions that only the origin may judge (<c>If-Match</c>, <c>If-Unmodified-Since</c>).
    /// </summary>
    public static bool IsForTheOrigin(IReadOnlyList<HeaderField> request) =>
        request.First("If-Match") is not null || request.First("If-Unmodified-Since") is not null;

    /// <summary>
    /// Judges <c>If-None-Match</c> or else <c>If-Modified-Since</c> of a GET or HEAD by a stored response that may be
    /// sent. Where it has no <c>Last-Modified</c> its date stands in.
    /// </summary>
    public static ConditionOutcome Evaluate(IReadOnlyList<HeaderField> request, StoredResponse stored)
    {
        // Conditions do not count where the answer would be no success anyway: RFC 9110, section 13.2.1.
        if (stored.Status is < 200 or > 299)
        {
            return ConditionOutcome.Proceed;
        }

        var validators = stored.Validators;
        var conditions = new Preconditions
        {
            IfNoneMatch = request.Joined("If-None-Match"),
            IfModifiedSince = request.First("If-Modified-Since"),
        };
        return conditions.EvaluateRead(
            validators.EntityTag, validators.LastModified is null ? stored.Date : validators.Modified);
    }

    /// <summary>
    /// Whether a <c>Range</c> may be answered with a part of the stored response: its <c>If-Range</c>, if there is one,
    /// has to name it by a strong validator (RFC 9110, section 13.1.5).
    /// </summary>
    public static bool RangeHolds(IReadOnlyList<HeaderField> request, StoredResponse stored)
    {
        if (request.First("If-Range") is not { } condition)
        {
            return true;
        }

        var validators = stored.Validators;
        var isTag = condition.Contains('"', StringComparison.Ordinal);
        return (isTag ? validators.HasStrongTag : validators.HasStrongDate)
            && new Preconditions { IfRange = condition }.RangeHolds(validators.EntityTag, validators.Modified);
    }

    /// <summary>The fields of a 304: RFC 9110, section 15.4.5.</summary>
    public static IReadOnlyList<HeaderField> NotModifiedHeaders(StoredResponse stored)
    {
        var hasTag = stored.Validators.EntityTag is not null;
        return
        [
            .. stored.SentHeaders.Where(field =>
                !LeftOutOf304.Contains(field.Name) && !(hasTag && field.Is("Last-Modified"))),
        ];
    }
}
