using Fabrik.Cache;
using Fabrik.Upstreams.Objects;

namespace Fabrik.Upstreams.GitHubActions;

/// <summary>Makes tiers of the cache of a GitHub repository.</summary>
public static class GitHubUpstream
{
    /// <summary>
    /// A tier that keeps artifacts as entries of the cache that a job has. Nothing is asked of the service yet; a guard
    /// around it limits and repeats.
    /// </summary>
    public static ICacheTier Create(GitHubCacheOptions options, ObjectMetrics metrics, TimeProvider time) =>
        new ObjectTier(new GitHubObjectStore(options), new ObjectTierOptions(), metrics, time);
}
