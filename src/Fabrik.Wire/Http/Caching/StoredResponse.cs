namespace Fabrik.Wire.Http.Caching;

/// <summary>
/// The head of a stored response with all that is needed to decide on its reuse, worked out once. Immutable; it can be
/// made again from what it was made of, so only that needs to be kept.
/// </summary>
public sealed class StoredResponse
{
    private StoredResponse(OriginExchange exchange, CachingOptions options, VaryKey vary)
    {
        var directives = ResponseDirectives.Parse(exchange.ResponseHeaders, options.HeedTargetedField);
        Status = exchange.Status;
        RequestTime = exchange.RequestTime;
        ResponseTime = exchange.ResponseTime;
        Headers = StoredFields.Select(exchange.ResponseHeaders, directives);
        SentHeaders = Headers.First("Age") is null ? Headers : [.. Headers.Where(field => !field.Is("Age"))];
        Policy = ResponsePolicy.Of(exchange, directives, options);
        Validators = Validators.Of(Headers);
        Vary = vary;
        Date = Freshness.DateOf(exchange) ?? exchange.ResponseTime;
        MayBeKept = !directives.Private
            && !(directives.NoStore && !directives.MustUnderstand)
            && !VaryKey.NamesAny(Headers);
    }

    /// <summary>The status.</summary>
    public int Status { get; }

    /// <summary>The fields that are stored, <c>Age</c> as it came among them.</summary>
    public IReadOnlyList<HeaderField> Headers { get; }

    /// <summary>The stored fields but <c>Age</c>, which is made anew each time the response is sent.</summary>
    public IReadOnlyList<HeaderField> SentHeaders { get; }

    /// <summary>When the request was sent that it answered, or that validated it last.</summary>
    public DateTimeOffset RequestTime { get; }

    /// <summary>When its head came, or that of the response that validated it last.</summary>
    public DateTimeOffset ResponseTime { get; }

    /// <summary>When the origin made it; when it came, if the origin does not tell.</summary>
    public DateTimeOffset Date { get; }

    /// <summary>Freshness and what may be done without it.</summary>
    public ResponsePolicy Policy { get; }

    /// <summary>Its validators.</summary>
    public Validators Validators { get; }

    /// <summary>The requests that it answers.</summary>
    public VaryKey Vary { get; }

    /// <summary>
    /// False when a validation brought a <c>no-store</c>, <c>private</c> or <c>Vary: *</c>: then it is sent once more,
    /// and dropped.
    /// </summary>
    public bool MayBeKept { get; }

    /// <summary>Of a response that <see cref="StorageRules"/> allow to be stored.</summary>
    public static StoredResponse Of(OriginExchange exchange, CachingOptions options) =>
        new(exchange, options, VaryKey.Of(exchange.ResponseHeaders, exchange.RequestHeaders));

    /// <summary>Made again from what was kept.</summary>
    public static StoredResponse Of(StoredParts parts, CachingOptions options) => new(
        new OriginExchange
        {
            Method = "GET",
            RequestHeaders = [],
            Status = parts.Status,
            ResponseHeaders = parts.Headers,
            RequestTime = parts.RequestTime,
            ResponseTime = parts.ResponseTime,
        },
        options,
        VaryKey.Of(parts.Selecting));

    /// <summary>
    /// The same response as an answer to other requests too: those that are alike to this one. For what the origin
    /// confirmed by its tag although <c>Vary</c> did not select it (RFC 9111, section 4.1).
    /// </summary>
    public StoredResponse AsAnswerTo(IReadOnlyList<HeaderField> request, CachingOptions options) =>
        Of(ToParts() with { Selecting = VaryKey.Of(Headers, request).Fields }, options);

    /// <summary>What has to be kept of it.</summary>
    public StoredParts ToParts() => new()
    {
        Status = Status,
        Headers = Headers,
        RequestTime = RequestTime,
        ResponseTime = ResponseTime,
        Selecting = Vary.Fields,
    };
}
