namespace Fabrik.Wire.Http.Caching;

/// <summary>Why a request went to the origin: the values of <c>fwd</c>, RFC 9211, section 2.2.</summary>
public enum ForwardReason
{
    /// <summary>It did not.</summary>
    None,

    /// <summary><c>bypass</c>: the cache was set up not to handle it.</summary>
    Bypass,

    /// <summary><c>method</c>: the method is one that has to be forwarded.</summary>
    Method,

    /// <summary><c>uri-miss</c>: nothing is stored for the target.</summary>
    UriMiss,

    /// <summary><c>vary-miss</c>: something is stored for the target, but not for these fields.</summary>
    VaryMiss,

    /// <summary><c>miss</c>: nothing that could be used is stored; the cache does not tell further.</summary>
    Miss,

    /// <summary><c>request</c>: what is stored is fresh, but the request's directives do not allow it.</summary>
    Request,

    /// <summary><c>stale</c>: what is stored is stale.</summary>
    Stale,

    /// <summary><c>partial</c>: only a part of what was asked for is stored.</summary>
    Partial,
}
