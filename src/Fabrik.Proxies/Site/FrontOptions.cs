using System.Collections.Frozen;
using Fabrik.Proxies.Configuration;

namespace Fabrik.Proxies.Site;

/// <summary>A proxy, and what browsers need of it besides; immutable, and replaced as a whole.</summary>
public sealed record FrontOptions
{
    /// <summary>What is served.</summary>
    public required ProxyOptions Proxy { get; init; }

    /// <summary>What pages of other origins may do, by the name of the bucket.</summary>
    public IReadOnlyDictionary<string, CorsRule> Cors { get; init; } =
        FrozenDictionary<string, CorsRule>.Empty;

    /// <summary>What is served in the place of other documents, by the name of the bucket.</summary>
    public IReadOnlyDictionary<string, SiteRule> Sites { get; init; } =
        FrozenDictionary<string, SiteRule>.Empty;

    /// <summary>Whether every request is logged.</summary>
    public bool LogsAccess { get; init; } = true;
}
