using Fabrik.Upstreams.GitHubActions;
using Fabrik.Upstreams.GitLab;

namespace Fabrik.Upstreams.Ci;

/// <summary>Looks at the environment for a CI job, and for what that offers a cache.</summary>
public static class CiDetection
{
    /// <summary>What was detected; null outside of any job that is known.</summary>
    /// <param name="variable">Looks a variable of the environment up; null or empty when it is not set.</param>
    public static DetectedCi? Detect(Func<string, string?> variable) =>
        GitHubDetection.IsJob(variable) ? GitHub(variable)
        : GitLabPackages.IsJob(variable) ? GitLab(variable)
        : null;

    private static DetectedCi GitHub(Func<string, string?> variable)
    {
        var found = GitHubDetection.TryFind(variable, out var options, out var missing);
        return new DetectedCi
        {
            Kind = CiKind.GitHubActions,
            GitHub = options,
            Summary = found
                ? $"a job of GitHub Actions: its cache service at {options!.Service.Authority} can be "
                    + Rights(options.MayRead, options.MayWrite)
                : $"a job of GitHub Actions, without its cache service: {missing}",
        };
    }

    private static DetectedCi GitLab(Func<string, string?> variable)
    {
        var found = GitLabPackages.TryFind(variable, out var options, out var missing);
        return new DetectedCi
        {
            Kind = CiKind.GitLab,
            GitLabPackages = options,
            Summary = found
                ? "a job of GitLab CI, which offers jobs no cache service; its package registry at "
                    + $"{options!.BaseUrl.Authority} is used only when it is asked for"
                : $"a job of GitLab CI, which offers jobs no cache service; nor its package registry: {missing}",
        };
    }

    private static string Rights(bool mayRead, bool mayWrite) => (mayRead, mayWrite) switch
    {
        (true, true) => "read and written",
        (true, false) => "read, but not written",
        (false, true) => "written, but not read",
        (false, false) => "neither read nor written",
    };
}
