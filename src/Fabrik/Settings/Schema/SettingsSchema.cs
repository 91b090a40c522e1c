namespace Fabrik.Settings.Schema;

/// <summary>A flag of older documents that stands for a setting.</summary>
/// <param name="Flag">The flag, with its dashes.</param>
/// <param name="Setting">The setting that it sets.</param>
internal sealed record FlagAlias(string Flag, Setting Setting)
{
    /// <summary>A variable that stands for the setting too; weaker than its own.</summary>
    public string? Variable { get; init; }

    /// <summary>What the flag's value becomes; null where it stays as it is.</summary>
    public Func<string, string>? Convert { get; init; }
}

/// <summary>All sections of a configuration, and the rules that hold between their settings.</summary>
internal sealed class SettingsSchema
{
    public SettingsSchema(params IReadOnlyList<SettingsSection> sections)
    {
        foreach (SettingsSection section in sections)
        {
            Root.Add(section);
        }
    }

    /// <summary>What the product understands.</summary>
    public static SettingsSchema Product { get; } = new(
        CacheSettings.Section,
        UpstreamSettings.Section,
        AuthSettings.Section,
        BuildToolsSettings.Whole,
        FabrikSettings.Section,
        DaemonSettings.Section,
        S3ProxySettings.Section,
        MemcachedProxySettings.Section,
        ObservabilitySettings.Section,
        RuntimeSettings.Section)
    {
        Later = ["p2p", "recipes"],
        Rules = SettingsRules.All,
        FlagAliases =
        [
            new("--rocksdb-path", CacheSettings.Directory),
            new("--max-cache-size", CacheSettings.MaxSize),
            new("--storage-backend", CacheSettings.StorageBackend),
            new("--upstream-url", UpstreamSettings.Url),
            new("--s3-bucket", UpstreamSettings.Url) { Convert = bucket => $"s3://{bucket}" },
            new("--s3-prefix", UpstreamSettings.Prefix),
            new("--jwt-public-key", AuthSettings.PublicKeyFile),
            new("--metrics-port", ObservabilitySettings.ApiBind) { Convert = port => $"127.0.0.1:{port}" },
            new("--log-level", ObservabilitySettings.LogLevel) { Variable = "FABRIK_LOG_LEVEL" },
        ],
    };

    /// <summary>The section that holds all others.</summary>
    public SettingsSection Root { get; } = new("", "");

    /// <summary>Sections that a later version will know: refused by another word than a misspelt one.</summary>
    public IReadOnlyList<string> Later { get; init; } = [];

    /// <summary>The flags of older documents, and short ones.</summary>
    public IReadOnlyList<FlagAlias> FlagAliases { get; init; } = [];

    /// <summary>What has to hold between settings that are each right.</summary>
    public IReadOnlyList<Func<EffectiveSettings, IEnumerable<SettingError>>> Rules { get; init; } = [];

    /// <summary>Every setting, section by section.</summary>
    public IEnumerable<Setting> Settings => SettingsOf(Root);

    /// <summary>Every section but the root, parents first.</summary>
    public IEnumerable<SettingsSection> Sections => SectionsOf(Root);

    private static IEnumerable<Setting> SettingsOf(SettingsSection section) =>
        section.Settings.Concat(section.Children.SelectMany(SettingsOf));

    private static IEnumerable<SettingsSection> SectionsOf(SettingsSection section) =>
        section.Children.SelectMany(child => SectionsOf(child).Prepend(child));
}
