using System.Globalization;
using System.Text;
using Fabrik.Settings.Overrides;
using Fabrik.Settings.Schema;

namespace Fabrik.Settings.Reference;

/// <summary>Configuration files to start from, in TOML, with what each setting means beside it.</summary>
internal static class ConfigTemplates
{
    private static readonly (string Name, string Title, Line[] Lines)[] All =
    [
        ("layer1", "A build cache on a developer's machine or a CI runner: fabrik daemon",
        [
            new(CacheSettings.MaxSize, "\"20GB\""),
            new(CacheSettings.Eviction, "\"lfu\""),
            new(BuildToolsSettings.Enabled, "[\"gradle\", \"nx\", \"turborepo\", \"bazel\", \"http\"]"),
            new(UpstreamSettings.Url, "\"grpc://cache.example.com:7070\""),
            new(UpstreamSettings.WriteThrough, "true"),
            new(AuthSettings.TokenFile, "\".fabrik.token\""),
            new(DaemonSettings.HttpPort, "0"),
            new(ObservabilitySettings.LogLevel, "\"info\""),
        ]),
        ("server", "A build cache for a team: fabrik server",
        [
            new(CacheSettings.Directory, "\"/var/lib/fabrik/cache\""),
            new(CacheSettings.MaxSize, "\"100GB\""),
            new(CacheSettings.Eviction, "\"lfu\""),
            new(CacheSettings.MaxArtifactSize, "\"2GiB\""),
            new(AuthSettings.Required, "true"),
            new(AuthSettings.PublicKeyFile, "\"/etc/fabrik/public-key.pem\""),
            new(BuildToolsSettings.Enabled, "[\"gradle\", \"nx\", \"turborepo\", \"bazel\", \"http\"]"),
            new(BuildToolsSettings.Bind, "\"*\""),
            new(BuildToolsSettings.Port, "8080"),
            new(ObservabilitySettings.LogFormat, "\"json\""),
            new(ObservabilitySettings.HealthBind, "\"*:8888\""),
            new(ObservabilitySettings.ApiBind, "\"*:9091\""),
            new(RuntimeSettings.GracefulShutdownTimeout, "\"30s\""),
        ]),
        ("layer2", "A regional cache, which only other Fabriks use, before object storage: fabrik server",
        [
            new(CacheSettings.Directory, "\"/var/lib/fabrik/cache\""),
            new(CacheSettings.MaxSize, "\"500GB\""),
            new(UpstreamSettings.Url, "\"s3://build-cache/{customer_id}/\""),
            new(UpstreamSettings.Region, "\"us-east-1\""),
            new(UpstreamSettings.Permanent, "true"),
            new(UpstreamSettings.WriteThrough, "true"),
            new(UpstreamSettings.Workers, "20"),
            new(AuthSettings.Required, "true"),
            new(AuthSettings.PublicKeyFile, "\"/etc/fabrik/public-key.pem\""),
            new(AuthSettings.TenantClaim, "\"sub\""),
            new(BuildToolsSettings.Enabled, "[]"),
            new(FabrikSettings.Enabled, "true"),
            new(FabrikSettings.Bind, "\"0.0.0.0:7070\""),
            new(ObservabilitySettings.LogFormat, "\"json\""),
            new(ObservabilitySettings.HealthBind, "\"*:8888\""),
            new(ObservabilitySettings.ApiBind, "\"*:9091\""),
        ]),
        ("layer3", "A cache whose artifacts are acknowledged when a bucket has them: fabrik server",
        [
            new(CacheSettings.Directory, "\"/var/lib/fabrik/cache\""),
            new(CacheSettings.MaxSize, "\"50GB\""),
            new(CacheSettings.StorageBackend, "\"s3\""),
            new(UpstreamSettings.Url, "\"s3://build-cache/\""),
            new(UpstreamSettings.Region, "\"us-east-1\""),
            new(UpstreamSettings.Workers, "20"),
            new(AuthSettings.Required, "true"),
            new(AuthSettings.PublicKeyFile, "\"/etc/fabrik/public-key.pem\""),
            new(BuildToolsSettings.Enabled, "[]"),
            new(FabrikSettings.Enabled, "true"),
            new(FabrikSettings.Bind, "\"0.0.0.0:7070\""),
        ]),
        ("s3-proxy", "A caching proxy in front of private buckets: fabrik s3-proxy",
        [
            new(S3ProxySettings.Bind, "\"0.0.0.0:8081\""),
            new(S3ProxySettings.Jwt.Algorithm, "\"RS256\""),
            new(S3ProxySettings.Jwt.PublicKeyFile, "\"/etc/fabrik/public-key.pem\""),
            new(S3ProxySettings.Jwt.SourceType, "\"bearer\""),
            new(S3ProxySettings.MemorySize, "\"256MB\""),
            new(S3ProxySettings.Directory, "\"/var/cache/fabrik/s3-proxy\""),
            new(S3ProxySettings.DiskSize, "\"100GB\""),
            new(S3ProxyBucketSettings.Name, "\"products\""),
            new(S3ProxyBucketSettings.PathPrefix, "\"/products\""),
            new(S3ProxyBucketSettings.Origin.Bucket, "\"my-products\""),
            new(S3ProxyBucketSettings.Origin.Region, "\"us-east-1\""),
            new(S3ProxyBucketSettings.AuthEnabled, "true"),
            new(S3ProxyBucketSettings.Cache.Ttl, "\"5m\""),
            new(ObservabilitySettings.LogFormat, "\"json\""),
            new(ObservabilitySettings.HealthBind, "\"*:8888\""),
        ]),
        ("memcached-proxy", "A router in front of servers of memcached: fabrik memcached-proxy",
        [
            new(MemcachedListenerSettings.Bind, "\"127.0.0.1:11211\"", "main"),
            new(MemcachedBackendSettings.Type, "\"memcached_pool\"", "hot"),
            new(MemcachedBackendSettings.Servers, "[\"127.0.0.1:11212\", \"127.0.0.1:11213\"]", "hot"),
            new(MemcachedBackendSettings.Hash.Ring, "\"libmemcached\"", "hot"),
            new(MemcachedRouteSettings.Matcher, "\"*\"", "rest"),
            new(MemcachedRouteSettings.Kind, "\"consistent_hash\"", "rest"),
            new(MemcachedRouteSettings.Strategy.Backend, "\"hot\"", "rest"),
            new(ObservabilitySettings.LogLevel, "\"info\""),
        ]),
    ];

    /// <summary>The names that there are.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(template => template.Name)];

    /// <summary>Writes a template; null for a name that there is not.</summary>
    public static string? Write(string name)
    {
        foreach ((string known, string title, Line[] lines) in All)
        {
            if (known == name)
            {
                return Write(title, lines);
            }
        }

        return null;
    }

    private static string HeaderOf(SettingsSection section, string item)
    {
        string path = section.Path
            .Replace("[]", "", StringComparison.Ordinal)
            .Replace("<name>", item, StringComparison.Ordinal);
        return section.IsArray ? $"[[{path}]]" : $"[{path}]";
    }

    private static string Write(string title, Line[] lines)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# {title}\n# Every setting: docs/configuration.md\n");
        foreach (var section in lines.GroupBy(line => (line.Setting.Section, line.Item)))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{HeaderOf(section.Key.Section, section.Key.Item)}\n");
            foreach ((Setting setting, string toml, string item) in section)
            {
                string flag = SettingsVariables.NameOf(
                    setting.Key.Replace("<name>", item, StringComparison.Ordinal));
                text.Append(CultureInfo.InvariantCulture, $"# {setting.Help} ({flag})\n{setting.Name} = {toml}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>A setting with its value; in a table with a name, the name.</summary>
    private readonly record struct Line(Setting Setting, string Toml, string Item = "");
}
