namespace Fabrik.Settings.Schema;

/// <summary><c>[[s3_proxy.buckets]]</c>: what is served under which path or host, and to whom.</summary>
internal static class S3ProxyBucketSettings
{
    public static readonly SettingsSection Section = new(
        "buckets", "A bucket, or another origin, that is served under a path or a host.")
    {
        IsArray = true,
        IsHot = true,
    };

    public static readonly Setting<string> Name = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "name",
        Help = "Its name in logs, metrics, purges and the cache. What is cached under a name is served under it.",
        IsRequired = true,
        IsHot = true,
    });

    public static readonly Setting<string> PathPrefix = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "path_prefix",
        Help = "The path that it is served under and that is taken off (`/products`); the longest that fits wins.",
        Fallback = "",
        IsHot = true,
    });

    public static readonly Setting<IReadOnlyList<string>> Hosts = Section.Add(
        new Setting<IReadOnlyList<string>>(SettingTypes.TextList)
        {
            Name = "hosts",
            Help = "The hosts that lead to it, whatever the path; a host wins over a prefix.",
            Fallback = [],
            IsHot = true,
        });

    public static readonly Setting<int?> MaxConnections = Section.Add(new Setting<int?>(
        SettingTypes.Optional(SettingTypes.Integer(1, 1_000_000)))
    {
        Name = "max_connections",
        Help = "Requests at a time; further ones are answered with 503 and `Retry-After`. \"none\" for no limit.",
        IsHot = true,
    });

    /// <summary>The bucket itself and its replicas.</summary>
    public static readonly SettingsSection S3 = Section.Add(new SettingsSection(
        "s3", "The bucket: where it is, and what requests to it are signed with."));

    public static readonly S3ProxyOriginSettings Origin = new(S3, isReplica: false);

    /// <summary>Where the same objects are besides.</summary>
    public static readonly SettingsSection Replicas = S3.Add(new SettingsSection(
        "replicas", "Another place of the same objects. What it does not set is as in the section around it.")
    {
        IsArray = true,
        IsHot = true,
    });

    public static readonly S3ProxyOriginSettings Replica = new(Replicas, isReplica: true);

    public static readonly Setting<string> ReplicaName = Replicas.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "name",
        Help = "Its name in logs and metrics.",
        Fallback = "",
        IsHot = true,
    });

    public static readonly Setting<int> ReplicaPriority = Replicas.Add(new Setting<int>(SettingTypes.Integer(0, 1000))
    {
        Name = "priority",
        Help = "Which is asked first: the lowest. The bucket itself has 0.",
        Fallback = 1,
        IsHot = true,
    });

    /// <summary>An origin that is no bucket.</summary>
    public static readonly SettingsSection HttpOrigin = Section.Add(new SettingsSection(
        "http_origin", "Any HTTP server in the place of a bucket."));

    public static readonly Setting<Uri?> HttpUrl = HttpOrigin.Add(new Setting<Uri?>(SettingTypes.Url("http", "https"))
    {
        Name = "url",
        Help = "Its address; a path in it stands before that of requests.",
        IsHot = true,
    });

    /// <summary>Who may have it.</summary>
    public static readonly SettingsSection Auth = Section.Add(new SettingsSection("auth", "Who may have it."));

    public static readonly Setting<bool> AuthEnabled = Auth.Add(new Setting<bool>(SettingTypes.Boolean)
    {
        Name = "enabled",
        Help = "Whether every request needs a valid token.",
        IsHot = true,
    });

    public static readonly S3ProxyJwtSettings Jwt = new(
        Auth,
        "How tokens for this bucket differ. What is not set here is as in `s3_proxy.jwt`; one key or secret here "
            + "replaces all of there, and so do token sources and claims.");

    public static readonly S3ProxyCachingSettings Cache = new(Section);

    public static readonly S3ProxySiteSettings Site = new(Section);

    public static readonly S3ProxyRateSettings Rate = new(
        Section, "How many requests are let through; further ones are answered with 429.");
}
