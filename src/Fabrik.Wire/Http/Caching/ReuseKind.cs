namespace Fabrik.Wire.Http.Caching;

/// <summary>What becomes of a request for which a response is stored, or none.</summary>
public enum ReuseKind
{
    /// <summary>The stored response is the answer.</summary>
    Fresh,

    /// <summary>It is stale, but the client says that it takes it (<c>max-stale</c>).</summary>
    Stale,

    /// <summary>It is the answer, and is validated meanwhile: RFC 5861, section 3.</summary>
    StaleWhileRevalidate,

    /// <summary>The origin is asked first, with conditions.</summary>
    MustValidate,

    /// <summary>
    /// The request goes to the origin as it is: nothing is stored, or the client wants nothing of it.
    /// </summary>
    Forward,

    /// <summary>504: the client wants nothing but what is stored, and that does not do (section 5.2.1.7).</summary>
    Unavailable,
}
