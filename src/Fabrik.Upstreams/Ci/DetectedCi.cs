using Fabrik.Upstreams.GitHubActions;
using Fabrik.Upstreams.Http;

namespace Fabrik.Upstreams.Ci;

/// <summary>Whose job this process runs in.</summary>
public enum CiKind
{
    /// <summary>GitHub Actions, or a server that acts like it.</summary>
    GitHubActions,

    /// <summary>GitLab CI.</summary>
    GitLab,
}

/// <summary>What a job's environment offers a cache.</summary>
public sealed record DetectedCi
{
    /// <summary>Whose job it is.</summary>
    public required CiKind Kind { get; init; }

    /// <summary>What was found and chosen, and what not and why: one sentence for the log, without secrets.</summary>
    public required string Summary { get; init; }

    /// <summary>The cache service, to be used without being asked for; null when it cannot be reached.</summary>
    public GitHubCacheOptions? GitHub { get; init; }

    /// <summary>The package registry, to be used only when it is asked for; null when it cannot be reached.</summary>
    public HttpStoreOptions? GitLabPackages { get; init; }
}
