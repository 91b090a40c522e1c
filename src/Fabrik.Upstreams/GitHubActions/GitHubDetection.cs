using System.Diagnostics.CodeAnalysis;

namespace Fabrik.Upstreams.GitHubActions;

/// <summary>Finds the cache service in the variables of a job of GitHub Actions.</summary>
public static class GitHubDetection
{
    private const string OnlyActionsSee =
        "only actions see it, not the commands of a run step: an action has to pass it on "
        + "(docs/operating/ci.md shows how)";

    /// <summary>Whether this is a job of GitHub Actions.</summary>
    public static bool IsJob(Func<string, string?> variable) => variable("GITHUB_ACTIONS") is "true";

    /// <summary>The options that a job's variables give, or what is missing.</summary>
    /// <param name="variable">Looks a variable up; null or empty when it is not set.</param>
    /// <param name="options">The cache service.</param>
    /// <param name="missing">Why there is none: a sentence for a person.</param>
    public static bool TryFind(
        Func<string, string?> variable,
        [NotNullWhen(true)] out GitHubCacheOptions? options,
        [NotNullWhen(false)] out string? missing)
    {
        options = null;
        missing = Reason(variable, out var service, out var token);
        if (missing is not null)
        {
            return false;
        }

        var rights = RuntimeToken.Read(token);
        var (mayRead, mayWrite) = Allowed(variable("ACTIONS_CACHE_MODE"));
        options = new GitHubCacheOptions
        {
            Service = service!,
            Token = token,
            MayRead = mayRead && rights.MayRead,
            MayWrite = mayWrite && rights.MayWrite,
            ExpiresAt = rights.ExpiresAt,
        };
        return true;
    }

    private static string? Reason(Func<string, string?> variable, out Uri? service, out string token)
    {
        service = null;
        token = variable("ACTIONS_RUNTIME_TOKEN") ?? "";
        if (variable("ACTIONS_CACHE_SERVICE_V2") is not { } flag || !IsSet(flag))
        {
            return IsOwnServer(variable("GITHUB_SERVER_URL"))
                ? "GitHub Enterprise Server has no cache service of version 2"
                : $"ACTIONS_CACHE_SERVICE_V2 is not set: {OnlyActionsSee}";
        }

        if (variable("ACTIONS_RESULTS_URL") is not { Length: > 0 } url)
        {
            return $"ACTIONS_RESULTS_URL is not set: {OnlyActionsSee}";
        }

        if (!Uri.TryCreate(url.EndsWith('/') ? url : url + "/", UriKind.Absolute, out service)
            || service.Scheme is not ("https" or "http"))
        {
            return "ACTIONS_RESULTS_URL is not an http or https URL";
        }

        return token.Length == 0 ? $"ACTIONS_RUNTIME_TOKEN is not set: {OnlyActionsSee}"
            : token.AsSpan().ContainsAny('\r', '\n', '\0') ? "ACTIONS_RUNTIME_TOKEN holds a line break"
            : null;
    }

    private static bool IsSet(string flag) =>
        flag.Length > 0 && flag != "0" && !flag.Equals("false", StringComparison.OrdinalIgnoreCase);

    private static bool IsOwnServer(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var server)
        && !server.Host.Equals("github.com", StringComparison.OrdinalIgnoreCase)
        && !server.Host.EndsWith(".ghe.com", StringComparison.OrdinalIgnoreCase);

    // Modes that are not known change nothing: the service has the last word.
    private static (bool MayRead, bool MayWrite) Allowed(string? mode) => mode switch
    {
        "none" => (false, false),
        "read" => (true, false),
        "write-only" => (false, true),
        _ => (true, true),
    };
}
