namespace Fabrik.Wire.Http.Caching;

/// <summary>Bringing a stored response up to date with what the origin says of it: RFC 9111, section 3.2.</summary>
public static class Freshening
{
    private static readonly HashSet<string> AboutTheContent = new(StringComparer.OrdinalIgnoreCase)
    {
        "Content-Length", "Content-Encoding", "Content-Type", "Content-Range",
    };

    /// <summary>
    /// The stored response with the fields of a 304, or of a HEAD's answer, in place of its own. The content stays, so
    /// the fields that frame it or say how to read it do too. It may be that it must not be kept any longer
    /// (<see cref="StoredResponse.MayBeKept"/>); it is an answer to this request all the same.
    /// </summary>
    /// <param name="stored">The response that <see cref="Validation.Confirmed"/> found.</param>
    /// <param name="exchange">The request (the client's fields, as <c>Vary</c> may change) and its answer.</param>
    /// <param name="options">The options.</param>
    public static StoredResponse Update(StoredResponse stored, OriginExchange exchange, CachingOptions options)
    {
        var news = StoredFields.Select(
                exchange.ResponseHeaders, ResponseDirectives.Parse(exchange.ResponseHeaders, options.HeedTargetedField))
            .Where(field => !AboutTheContent.Contains(field.Name))
            .ToList();
        if (Freshness.DateOf(exchange) is null)
        {
            // RFC 9110, section 6.6.1. The old date would make it older than it is.
            news.RemoveAll(field => field.Is("Date"));
            news.Add(new HeaderField("Date", HttpDate.Format(exchange.ResponseTime)));
        }

        var replaced = news.Select(field => field.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        IReadOnlyList<HeaderField> headers =
        [
            .. stored.Headers.Where(field => !replaced.Contains(field.Name) && !field.Is("Age")),
            .. news,
        ];
        var vary = VaryKey.Of(headers, exchange.RequestHeaders);
        return StoredResponse.Of(
            stored.ToParts() with
            {
                Headers = headers,
                RequestTime = exchange.RequestTime,
                ResponseTime = exchange.ResponseTime,
                Selecting = vary.HasFieldsOf(stored.Vary) ? stored.Vary.Fields : vary.Fields,
            },
            options);
    }

    /// <summary>Judges a HEAD's answer by the validators and the length that it tells.</summary>
    public static HeadOutcome JudgeHead(StoredResponse stored, OriginExchange head)
    {
        if (head.Status != 200 || stored.Status != 200)
        {
            return HeadOutcome.None;
        }

        var isSame = IsSame("ETag") && IsSame("Last-Modified") && IsSame("Content-Length");
        return isSame ? HeadOutcome.Update : HeadOutcome.Invalidate;

        bool IsSame(string name) =>
            head.ResponseHeaders.First(name) is not { } value
            || stored.Headers.First(name) is not { } known
            || value.AsSpan().Trim(" \t").SequenceEqual(known.AsSpan().Trim(" \t"));
    }
}
