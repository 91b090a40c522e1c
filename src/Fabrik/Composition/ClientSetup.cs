using Fabrik.Server.Adapters.S3;

namespace Fabrik.Composition;

/// <summary>What to set in each build tool, ready to paste (docs/operating/clients.md says more).</summary>
internal static class ClientSetup
{
    /// <summary>The lines for the adapters of one address.</summary>
    /// <param name="url">The address, without a slash at its end.</param>
    /// <param name="adapters">The adapters that are served there.</param>
    /// <param name="needsToken">Whether a token is required.</param>
    public static IEnumerable<string> Lines(string url, IReadOnlySet<string> adapters, bool needsToken) =>
        Tools.Where(tool => adapters.Contains(tool.Adapter))
            .SelectMany(tool => (string[])
            [
                $"# {tool.Name}",
                .. tool.Lines(url, needsToken ? "$FABRIK_TOKEN" : null),
                "",
            ]);

    private static readonly (string Adapter, string Name, Func<string, string?, IEnumerable<string>> Lines)[] Tools =
    [
        ("gradle", "Gradle: settings.gradle, with org.gradle.caching=true in gradle.properties", Gradle),
        ("nx", "Nx: environment", Nx),
        ("turborepo", "Turborepo: environment", Turborepo),
        ("bazel", "Bazel: .bazelrc, or \"fabrik bazel -- build //...\" in its place", Bazel),
        ("http", "ccache: environment", Ccache),
        ("http", "sccache: environment", Sccache),
        ("s3", "sccache and others over S3: environment", S3),
    ];

    private static IEnumerable<string> Gradle(string url, string? token)
    {
        string credentials = token is null
            ? ""
            : "; credentials { username = 'fabrik'; password = System.getenv('FABRIK_TOKEN') }";
        yield return $"buildCache {{ remote(HttpBuildCache) {{ url = '{url}/cache/'; push = true; "
            + $"allowInsecureProtocol = true{credentials} }} }}";
    }

    private static IEnumerable<string> Nx(string url, string? token)
    {
        yield return $"export NX_SELF_HOSTED_REMOTE_CACHE_SERVER={url}";
        if (token is not null)
        {
            yield return $"export NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN={token}";
        }
    }

    // Turborepo asks nobody unless it has a token and a team, whatever they are.
    private static IEnumerable<string> Turborepo(string url, string? token) =>
        [$"export TURBO_API={url} TURBO_TOKEN={token ?? "local"} TURBO_TEAM=fabrik"];

    private static IEnumerable<string> Bazel(string url, string? token)
    {
        yield return $"build --remote_cache={url}";
        if (token is not null)
        {
            yield return $"# and on the command line: --remote_header=authorization=\"Bearer {token}\"";
        }
    }

    private static IEnumerable<string> Ccache(string url, string? token)
    {
        string bearer = token is null ? "" : $"|bearer-token={token}";
        yield return $"export CCACHE_REMOTE_STORAGE=\"{url}/ccache{bearer}\"";
    }

    private static IEnumerable<string> S3(string url, string? token)
    {
        string isSecure = url.StartsWith("https://", StringComparison.Ordinal) ? "true" : "false";
        yield return $"export SCCACHE_BUCKET={S3Options.DefaultBucket} SCCACHE_ENDPOINT={url} SCCACHE_REGION=us-east-1 "
            + $"SCCACHE_S3_USE_SSL={isSecure} AWS_ENDPOINT_URL_S3={url}";
        yield return "# or a key of build_tools.s3.access_keys, as soon as there is one:";
        yield return $"export AWS_ACCESS_KEY_ID={token ?? "local"} AWS_SECRET_ACCESS_KEY=token";
    }

    private static IEnumerable<string> Sccache(string url, string? token)
    {
        yield return $"export SCCACHE_WEBDAV_ENDPOINT={url}/webdav/";
        if (token is not null)
        {
            yield return $"export SCCACHE_WEBDAV_TOKEN={token}";
        }
    }
}
