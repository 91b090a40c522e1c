using System.Diagnostics.CodeAnalysis;
using Fabrik.Upstreams.Http;

namespace Fabrik.Upstreams.GitLab;

/// <summary>
/// The generic package registry of a GitLab project, as a place for objects: what a job can write to with nothing but
/// its own token. It is no cache: see docs/operating/ci.md for what that costs.
/// </summary>
/// <remarks>
/// Objects are files of the package <c>fabrik-cache</c>, whose versions are the first two digits of the keys, so that
/// no version has all the files. Files cannot be removed by name, and a second file of a name stands beside the first:
/// the newest is the one that is read.
/// </remarks>
public static class GitLabPackages
{
    private const string Package = "fabrik-cache";

    /// <summary>Whether this is a job of GitLab CI.</summary>
    public static bool IsJob(Func<string, string?> variable) => variable("GITLAB_CI") is "true";

    /// <summary>The options that a job's variables give, or what is missing.</summary>
    /// <param name="variable">Looks a variable up; null or empty when it is not set.</param>
    /// <param name="options">The registry.</param>
    /// <param name="missing">Why there is none: a sentence for a person.</param>
    public static bool TryFind(
        Func<string, string?> variable,
        [NotNullWhen(true)] out HttpStoreOptions? options,
        [NotNullWhen(false)] out string? missing)
    {
        options = null;
        var url = variable("CI_API_V4_URL") ?? "";
        var project = variable("CI_PROJECT_ID") ?? "";
        var token = variable("CI_JOB_TOKEN") ?? "";
        missing = url.Length == 0 ? "CI_API_V4_URL is not set"
            : project.Length == 0 || !project.All(char.IsAsciiDigit) ? "CI_PROJECT_ID is not a number"
            : token.Length == 0 ? "CI_JOB_TOKEN is not set"
            : token.AsSpan().ContainsAny('\r', '\n', '\0') ? "CI_JOB_TOKEN holds a line break"
            : null;
        if (missing is not null)
        {
            return false;
        }

        var registry = $"{url.TrimEnd('/')}/projects/{project}/packages/generic/{Package}/";
        if (!HttpStoreOptions.TryParse(registry, out options, out var error))
        {
            missing = $"CI_API_V4_URL is {error}";
            return false;
        }

        var credential = HttpCredential.Header("JOB-TOKEN", token);
        options = options with
        {
            Credential = _ => ValueTask.FromResult<HttpCredential?>(credential),
            CanDelete = false,
        };
        return true;
    }
}
