namespace Fabrik.Wire.Http.Caching;

/// <summary>Why a response is not stored.</summary>
public enum StorageRefusal
{
    /// <summary>It may be stored.</summary>
    None,

    /// <summary>The method is not one whose answers are cached here: GET, or POST under its own conditions.</summary>
    Method,

    /// <summary>The status says nothing about the target as such, such as 304; or it is not final.</summary>
    Status,

    /// <summary>A 206 that this cache cannot file.</summary>
    Partial,

    /// <summary><c>must-understand</c>, and the status is not one that this cache knows.</summary>
    NotUnderstood,

    /// <summary>The request said <c>no-store</c>.</summary>
    RequestNoStore,

    /// <summary>The response said <c>no-store</c>.</summary>
    NoStore,

    /// <summary>The response is <c>private</c>.</summary>
    Private,

    /// <summary>The request was authorised, and the response does not say that others may have it.</summary>
    Authorization,

    /// <summary><c>Vary: *</c>: nothing ever matches it.</summary>
    VaryAny,

    /// <summary>No lifetime is given, and the status is not one for which it may be guessed.</summary>
    NotCacheable,

    /// <summary>Never fresh, nothing to validate it with, and no use when the origin fails.</summary>
    Useless,
}

/// <summary>Whether a shared cache may store a response: RFC 9111, section 3.</summary>
public static class StorageRules
{
    /// <summary>Judges a response; <see cref="StorageRefusal.None"/> when it may be stored.</summary>
    public static StorageRefusal Check(OriginExchange exchange, CachingOptions options)
    {
        var directives = ResponseDirectives.Parse(exchange.ResponseHeaders, options.HeedTargetedField);
        var refusal = CheckRequest(exchange, directives);
        refusal = refusal == StorageRefusal.None ? CheckStatus(exchange, directives) : refusal;
        refusal = refusal == StorageRefusal.None ? CheckDirectives(exchange, directives) : refusal;
        return refusal == StorageRefusal.None ? CheckUse(exchange, directives, options) : refusal;
    }

    /// <summary>Whether a lifetime may be guessed for this status: RFC 9110, section 15.1.</summary>
    public static bool IsHeuristicallyCacheable(int status) =>
        status is 200 or 203 or 204 or 206 or 300 or 301 or 308 or 404 or 405 or 410 or 414 or 501;

    /// <summary>Whether this cache knows what the status means: those of RFC 9110, but 206 and 304.</summary>
    public static bool IsUnderstood(int status) =>
        status is (>= 200 and <= 205) or (>= 300 and <= 303) or 305 or 307 or 308
            or (>= 400 and <= 417) or 421 or 422 or 426 or (>= 500 and <= 505);

    private static StorageRefusal CheckRequest(OriginExchange exchange, ResponseDirectives directives)
    {
        var isPost = exchange.Method == "POST" && exchange.IsAtItsTarget && IsExplicit(exchange, directives);
        if (exchange.Method != "GET" && !isPost)
        {
            return StorageRefusal.Method;
        }

        return RequestDirectives.Parse(exchange.RequestHeaders).NoStore
            ? StorageRefusal.RequestNoStore
            : StorageRefusal.None;
    }

    private static StorageRefusal CheckStatus(OriginExchange exchange, ResponseDirectives directives) =>
        exchange.Status switch
        {
            < 200 or > 599 or 304 => StorageRefusal.Status,
            206 => exchange.FilesParts ? StorageRefusal.None : StorageRefusal.Partial,
            var status when directives.MustUnderstand && !IsUnderstood(status) => StorageRefusal.NotUnderstood,
            _ => StorageRefusal.None,
        };

    private static StorageRefusal CheckDirectives(OriginExchange exchange, ResponseDirectives directives)
    {
        // Whoever understands the status may pass over a no-store that stands beside must-understand: section 5.2.2.3.
        if (directives.NoStore && !directives.MustUnderstand)
        {
            return StorageRefusal.NoStore;
        }

        if (directives.Private)
        {
            return StorageRefusal.Private;
        }

        // Section 3.5.
        var isShared = directives.Public || directives.MustRevalidate || directives.SharedMaxAge is not null;
        return exchange.RequestHeaders.First("Authorization") is not null && !isShared
            ? StorageRefusal.Authorization
            : StorageRefusal.None;
    }

    private static StorageRefusal CheckUse(
        OriginExchange exchange, ResponseDirectives directives, CachingOptions options)
    {
        if (VaryKey.NamesAny(exchange.ResponseHeaders))
        {
            return StorageRefusal.VaryAny;
        }

        if (!IsExplicit(exchange, directives) && !directives.Public && !IsHeuristicallyCacheable(exchange.Status))
        {
            return StorageRefusal.NotCacheable;
        }

        var policy = ResponsePolicy.Of(exchange, directives, options);
        var isUseful = policy.IsEverUsable
            || Validators.Of(exchange.ResponseHeaders) is { CanValidate: true };
        return isUseful ? StorageRefusal.None : StorageRefusal.Useless;
    }

    private static bool IsExplicit(OriginExchange exchange, ResponseDirectives directives) =>
        directives.MaxAge is not null
        || directives.SharedMaxAge is not null
        || (!directives.IsTargeted && exchange.ResponseHeaders.First("Expires") is not null);
}
