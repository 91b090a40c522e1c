using Fabrik.Proxies.Origins;
using Fabrik.Proxies.Storage;
using Fabrik.Wire.Http;
using Fabrik.Wire.Http.Caching;

namespace Fabrik.Proxies.Fetching;

/// <summary>What is to be asked of an origin, for whoever waits for it.</summary>
internal sealed record FetchPlan
{
    /// <summary>Of which resource.</summary>
    public required ResourceKey Key { get; init; }

    /// <summary>Whom.</summary>
    public required Origin Origin { get; init; }

    /// <summary>Under which rule what comes is kept.</summary>
    public required CachingOptions Rule { get; init; }

    /// <summary>The most bytes that are kept.</summary>
    public required long MaxSize { get; init; }

    /// <summary>GET, or HEAD where only the head is wanted.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>What the client sent that concerns the origin, without conditions and ranges.</summary>
    public required IReadOnlyList<HeaderField> Fields { get; init; }

    /// <summary>
    /// Whether answers other than success are kept where HTTP allows it; not those of an object store.
    /// </summary>
    public required bool KeepsErrors { get; init; }

    /// <summary>How long it is remembered that an object store does not give the object out.</summary>
    public TimeSpan NegativeLifetime { get; init; }

    /// <summary>What is stored under the key.</summary>
    public StoredHead? Stored { get; init; }

    /// <summary>The answer that is to be validated; null to fetch anew.</summary>
    public StoredVariant? Validates { get; init; }

    /// <summary>Whether a part is enough: the slices from the first to before the last; null for the whole.</summary>
    public (long First, long End)? Slices { get; init; }
}
