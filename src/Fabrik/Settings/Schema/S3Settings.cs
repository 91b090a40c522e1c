using Fabrik.Server.Adapters.S3;
using Fabrik.Server.Auth;
using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary><c>[build_tools.s3]</c>: the S3 API, on a listener of its own.</summary>
internal static class S3Settings
{
    public static readonly SettingsSection Section = BuildToolsSettings.Section.Add(new SettingsSection(
        "s3", "The S3 API, for sccache, BuildKit and whatever else keeps objects. It has a listener of its own."));

    public static readonly Setting<string> Bind = Section.Add(new Setting<string>(SettingTypes.Host)
    {
        Name = "bind",
        Help = "The address of the S3 API; empty for that of the section around it.",
        Fallback = "",
    });

    public static readonly Setting<int?> Port = Section.Add(new Setting<int?>(
        SettingTypes.Optional(SettingTypes.Port))
    {
        Name = "port",
        Help = "The port of the S3 API under `fabrik server`; 0 lets the system choose, \"none\" does not serve it. "
            + "The daemon takes `daemon.s3_port`.",
        Fallback = 9000,
    });

    public static readonly CertificateSettings Certificate = new(
        Section, "the certificate of the S3 API", "serves without TLS (`http://`), as the daemon always does");

    public static readonly Setting<string> Region = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "region",
        Help = "The region that clients are told. Signatures may be for any.",
        Fallback = new S3Options().Region,
        IsHot = true,
    });

    public static readonly Setting<IReadOnlyList<string>> Domains = Section.Add(new Setting<IReadOnlyList<string>>(
        SettingTypes.TextList)
    {
        Name = "domains",
        Help = "Domains whose sub-domains are buckets (`bucket.s3.example.com` for \"s3.example.com\"), without a "
            + "port. Elsewhere the bucket stands in the path.",
        Fallback = [],
        IsHot = true,
    });

    /// <summary>The buckets.</summary>
    public static readonly SettingsSection Buckets = Section.Add(new SettingsSection(
        "buckets", "A bucket. Where none is set there is one, \"fabrik\".")
    {
        IsArray = true,
        IsHot = true,
    });

    public static readonly Setting<string> BucketName = Buckets.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "name",
        Help = "Its name: 3 to 255 letters, digits, \"-\", \"_\" and \".\".",
        IsRequired = true,
        IsHot = true,
    });

    public static readonly Setting<TimeSpan?> BucketTtl = Buckets.Add(new Setting<TimeSpan?>(
        SettingTypes.Optional(SettingTypes.Duration(TimeSpan.FromSeconds(1))))
    {
        Name = "ttl",
        Help = "How long an object in it lives at most; \"none\" takes `cache.default_ttl`.",
        IsHot = true,
    });

    /// <summary>The access keys.</summary>
    public static readonly SettingsSection AccessKeys = Section.Add(new SettingsSection(
        "access_keys", "A key that requests are signed with. As soon as there is one, a request needs one, or a token.")
    {
        IsArray = true,
        IsHot = true,
    });

    public static readonly Setting<string> AccessKey = AccessKeys.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "access_key",
        Help = "Its public half, the access key id.",
        IsRequired = true,
        IsHot = true,
    });

    public static readonly Setting<string> SecretKey = AccessKeys.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "secret_key",
        Help = "Its secret half.",
        IsRequired = true,
        IsSecret = true,
        IsHot = true,
    });

    public static readonly Setting<IReadOnlyList<Permissions>> KeyPermissions = AccessKeys.Add(
        new Setting<IReadOnlyList<Permissions>>(new ListType<Permissions>(new ChoiceType<Permissions>(
            [.. PermissionNames.All.Select(permission => (permission.Key, permission.Value))])))
        {
            Name = "permissions",
            Help = "What it may do. Without `cache:write` a PUT is answered with AccessDenied, which makes sccache "
                + "read-only.",
            Fallback = [Permissions.Read, Permissions.Write, Permissions.Delete, Permissions.Overwrite],
            IsHot = true,
        });

    public static readonly Setting<string> Tenant = AccessKeys.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "tenant",
        Help = "Whose objects it reads and writes; empty where tenants are not told apart.",
        Fallback = "",
        IsHot = true,
    });
}
