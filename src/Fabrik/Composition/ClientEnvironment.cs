namespace Fabrik.Composition;

/// <summary>The variables by which build tools find a daemon.</summary>
internal static class ClientEnvironment
{
    /// <summary>
    /// The variables for one daemon. A tool that the user has pointed somewhere already is left alone, as a whole.
    /// </summary>
    /// <param name="ports">The daemon's ports on 127.0.0.1 by purpose.</param>
    /// <param name="adapters">What it serves.</param>
    /// <param name="token">What tools have to show; null for nothing.</param>
    /// <param name="present">The variables that there are.</param>
    public static IReadOnlyDictionary<string, string> Of(
        IReadOnlyDictionary<string, int> ports,
        IReadOnlyCollection<string> adapters,
        string? token,
        IReadOnlyDictionary<string, string> present)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach ((string adapter, (string Name, string? Value)[] tool) in Tools(ports, token))
        {
            bool isServed = adapter.Length == 0 || adapters.Contains(adapter, StringComparer.Ordinal);
            bool isTaken = adapter.Length > 0 && present.ContainsKey(tool[0].Name);
            foreach ((string name, string? value) in isServed && !isTaken ? tool : [])
            {
                if (value is not null)
                {
                    variables[name] = value;
                }
            }
        }

        return variables;
    }

    // The first variable of each tool is the one that tells where its cache is.
    private static IEnumerable<(string Adapter, (string Name, string? Value)[] Variables)> Tools(
        IReadOnlyDictionary<string, int> ports, string? token)
    {
        string url = AddressOf(ports, "http", "http") ?? "";
        return
        [
            ("",
            [
                ("FABRIK_HTTP_URL", url),
                ("FABRIK_GRPC_URL", AddressOf(ports, "grpc", "grpc")),
                ("FABRIK_S3_URL", AddressOf(ports, "s3", "http")),
            ]),
            ("gradle", [("GRADLE_BUILD_CACHE_URL", $"{url}/cache/")]),
            ("nx",
            [
                ("NX_SELF_HOSTED_REMOTE_CACHE_SERVER", url), ("NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN", token),
            ]),
            ("turborepo", [("TURBO_API", url), ("TURBO_TOKEN", token ?? "local"), ("TURBO_TEAM", "fabrik")]),
            ("http",
            [
                ("CCACHE_REMOTE_STORAGE", $"{url}/ccache{(token is null ? "" : $"|bearer-token={token}")}"),
            ]),
            ("http", [("SCCACHE_WEBDAV_ENDPOINT", $"{url}/webdav/"), ("SCCACHE_WEBDAV_TOKEN", token)]),
            // moon: the name of the variable with the token stands in its configuration.
            ("bazel", [("MOON_REMOTE_HOST", AddressOf(ports, "grpc", "grpc"))]),
        ];
    }

    /// <summary>An address of the daemon; null where it does not serve that.</summary>
    public static string? AddressOf(IReadOnlyDictionary<string, int> ports, string purpose, string scheme) =>
        ports.TryGetValue(purpose, out int port) ? $"{scheme}://127.0.0.1:{port}" : null;
}
