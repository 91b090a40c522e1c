using Fabrik.Cache;
using Fabrik.Upstreams.Objects;

namespace Fabrik.Upstreams.Http;

/// <summary>Makes tiers of HTTP servers.</summary>
public static class HttpUpstream
{
    /// <summary>
    /// A tier that keeps artifacts below a URL, as docs/formats/object.md says. Nothing is asked of the server yet; a
    /// guard around it limits and repeats.
    /// </summary>
    public static ICacheTier Create(HttpStoreOptions options, ObjectMetrics metrics, TimeProvider time) =>
        new ObjectTier(new HttpObjectStore(options), new ObjectTierOptions(), metrics, time);
}
