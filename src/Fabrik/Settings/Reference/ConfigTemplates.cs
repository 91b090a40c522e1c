using System.Globalization;
using System.Text;
using Fabrik.Settings.Overrides;
using Fabrik.Settings.Schema;

namespace Fabrik.Settings.Reference;

/// <summary>Configuration files to start from, in TOML, with what each setting means beside it.</summary>
internal static class ConfigTemplates
{
    private static readonly (string Name, string Title, (Setting Setting, string Toml)[] Lines)[] All =
    [
        ("layer1", "A build cache on a developer's machine or a CI runner: fabrik daemon",
        [
            (CacheSettings.MaxSize, "\"20GB\""),
            (CacheSettings.Eviction, "\"lfu\""),
            (BuildToolsSettings.Enabled, "[\"gradle\", \"nx\", \"turborepo\", \"bazel\", \"http\"]"),
            (UpstreamSettings.Url, "\"grpc://cache.example.com:7070\""),
            (UpstreamSettings.WriteThrough, "true"),
            (AuthSettings.TokenFile, "\".fabrik.token\""),
            (DaemonSettings.HttpPort, "0"),
            (ObservabilitySettings.LogLevel, "\"info\""),
        ]),
        ("server", "A build cache for a team: fabrik server",
        [
            (CacheSettings.Directory, "\"/var/lib/fabrik/cache\""),
            (CacheSettings.MaxSize, "\"100GB\""),
            (CacheSettings.Eviction, "\"lfu\""),
            (CacheSettings.MaxArtifactSize, "\"2GiB\""),
            (AuthSettings.Required, "true"),
            (AuthSettings.PublicKeyFile, "\"/etc/fabrik/public-key.pem\""),
            (BuildToolsSettings.Enabled, "[\"gradle\", \"nx\", \"turborepo\", \"bazel\", \"http\"]"),
            (BuildToolsSettings.Bind, "\"*\""),
            (BuildToolsSettings.Port, "8080"),
            (ObservabilitySettings.LogFormat, "\"json\""),
            (ObservabilitySettings.HealthBind, "\"*:8888\""),
            (ObservabilitySettings.ApiBind, "\"*:9091\""),
            (RuntimeSettings.GracefulShutdownTimeout, "\"30s\""),
        ]),
        ("layer2", "A regional cache, which only other Fabriks use, before object storage: fabrik server",
        [
            (CacheSettings.Directory, "\"/var/lib/fabrik/cache\""),
            (CacheSettings.MaxSize, "\"500GB\""),
            (UpstreamSettings.Url, "\"s3://build-cache/{customer_id}/\""),
            (UpstreamSettings.Region, "\"us-east-1\""),
            (UpstreamSettings.Permanent, "true"),
            (UpstreamSettings.WriteThrough, "true"),
            (UpstreamSettings.Workers, "20"),
            (AuthSettings.Required, "true"),
            (AuthSettings.PublicKeyFile, "\"/etc/fabrik/public-key.pem\""),
            (AuthSettings.TenantClaim, "\"sub\""),
            (BuildToolsSettings.Enabled, "[]"),
            (FabrikSettings.Enabled, "true"),
            (FabrikSettings.Bind, "\"0.0.0.0:7070\""),
            (ObservabilitySettings.LogFormat, "\"json\""),
            (ObservabilitySettings.HealthBind, "\"*:8888\""),
            (ObservabilitySettings.ApiBind, "\"*:9091\""),
        ]),
        ("layer3", "A cache whose artifacts are acknowledged when a bucket has them: fabrik server",
        [
            (CacheSettings.Directory, "\"/var/lib/fabrik/cache\""),
            (CacheSettings.MaxSize, "\"50GB\""),
            (CacheSettings.StorageBackend, "\"s3\""),
            (UpstreamSettings.Url, "\"s3://build-cache/\""),
            (UpstreamSettings.Region, "\"us-east-1\""),
            (UpstreamSettings.Workers, "20"),
            (AuthSettings.Required, "true"),
            (AuthSettings.PublicKeyFile, "\"/etc/fabrik/public-key.pem\""),
            (BuildToolsSettings.Enabled, "[]"),
            (FabrikSettings.Enabled, "true"),
            (FabrikSettings.Bind, "\"0.0.0.0:7070\""),
        ]),
        ("s3-proxy", "A caching proxy in front of private buckets: fabrik s3-proxy",
        [
            (S3ProxySettings.Bind, "\"0.0.0.0:8081\""),
            (S3ProxySettings.Jwt.Algorithm, "\"RS256\""),
            (S3ProxySettings.Jwt.PublicKeyFile, "\"/etc/fabrik/public-key.pem\""),
            (S3ProxySettings.Jwt.SourceType, "\"bearer\""),
            (S3ProxySettings.MemorySize, "\"256MB\""),
            (S3ProxySettings.Directory, "\"/var/cache/fabrik/s3-proxy\""),
            (S3ProxySettings.DiskSize, "\"100GB\""),
            (S3ProxyBucketSettings.Name, "\"products\""),
            (S3ProxyBucketSettings.PathPrefix, "\"/products\""),
            (S3ProxyBucketSettings.Origin.Bucket, "\"my-products\""),
            (S3ProxyBucketSettings.Origin.Region, "\"us-east-1\""),
            (S3ProxyBucketSettings.AuthEnabled, "true"),
            (S3ProxyBucketSettings.Cache.Ttl, "\"5m\""),
            (ObservabilitySettings.LogFormat, "\"json\""),
            (ObservabilitySettings.HealthBind, "\"*:8888\""),
        ]),
    ];

    /// <summary>The names that there are.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(template => template.Name)];

    /// <summary>Writes a template; null for a name that there is not.</summary>
    public static string? Write(string name)
    {
        foreach ((string known, string title, (Setting Setting, string Toml)[] lines) in All)
        {
            if (known == name)
            {
                return Write(title, lines);
            }
        }

        return null;
    }

    private static string HeaderOf(SettingsSection section)
    {
        string path = section.Path.Replace("[]", "", StringComparison.Ordinal);
        return section.IsArray ? $"[[{path}]]" : $"[{path}]";
    }

    private static string Write(string title, (Setting Setting, string Toml)[] lines)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# {title}\n# Every setting: docs/configuration.md\n");
        foreach (var section in lines.GroupBy(line => line.Setting.Section))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{HeaderOf(section.Key)}\n");
            foreach ((Setting setting, string toml) in section)
            {
                string flag = SettingsVariables.NameOf(setting.Key);
                text.Append(CultureInfo.InvariantCulture, $"# {setting.Help} ({flag})\n{setting.Name} = {toml}\n");
            }
        }

        return text.ToString();
    }
}
