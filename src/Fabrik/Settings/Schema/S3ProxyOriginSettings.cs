namespace Fabrik.Settings.Schema;

/// <summary>A bucket and how it is reached; declared for the bucket itself and again for its replicas.</summary>
internal sealed class S3ProxyOriginSettings
{
    private readonly SettingsSection _section;

    /// <summary>Declares the settings.</summary>
    /// <param name="section">The section that they are in.</param>
    /// <param name="isReplica">Whether what is not set comes from the section around it.</param>
    public S3ProxyOriginSettings(SettingsSection section, bool isReplica)
    {
        _section = section;
        Bucket = Text("bucket", "The bucket's name.");
        Region = section.Add(new Setting<string>(SettingTypes.Text)
        {
            Name = "region",
            Help = isReplica ? "Its region." : "Its region; empty takes AWS_REGION, or else us-east-1.",
            Fallback = "",
            StandardVariables = isReplica ? [] : ["AWS_REGION"],
            IsHot = true,
        });
        Endpoint = section.Add(new Setting<Uri?>(SettingTypes.Url("https", "http"))
        {
            Name = "endpoint",
            Help = "The address of an S3-compatible server; empty for AWS.",
            IsHot = true,
        });
        AccessKey = Text("access_key", "The access key; empty looks where AWS's tools look.");
        SecretKey = Secret("secret_key", "The secret that belongs to `access_key`.");
        SessionToken = Secret("session_token", "The session token that belongs to temporary keys.");
        PathStyle = section.Add(new Setting<bool?>(SettingTypes.Optional(SettingTypes.Boolean))
        {
            Name = "path_style",
            Help = "Whether the bucket stands in the path instead of the host; \"none\" does so where `endpoint` is "
                + "set.",
            IsHot = true,
        });
        Anonymous = section.Add(new Setting<bool>(SettingTypes.Boolean)
        {
            Name = "anonymous",
            Help = "Whether requests are not signed.",
            IsHot = true,
        });
        Timeout = section.Add(new Setting<TimeSpan?>(SettingTypes.Optional(
            SettingTypes.Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1))))
        {
            Name = "timeout",
            Help = isReplica
                ? "How long an answer may take to begin."
                : "How long an answer may take to begin; \"none\" is as `s3_proxy.origin.answer_timeout`.",
            IsHot = true,
        });
    }

    public Setting<string> Bucket { get; }

    public Setting<string> Region { get; }

    public Setting<Uri?> Endpoint { get; }

    public Setting<string> AccessKey { get; }

    public Setting<string> SecretKey { get; }

    public Setting<string> SessionToken { get; }

    public Setting<bool?> PathStyle { get; }

    public Setting<bool> Anonymous { get; }

    public Setting<TimeSpan?> Timeout { get; }

    private Setting<string> Text(string name, string help) => _section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = name,
        Help = help,
        Fallback = "",
        IsHot = true,
    });

    private Setting<string> Secret(string name, string help) => _section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = name,
        Help = help,
        Fallback = "",
        IsSecret = true,
        IsHot = true,
    });
}
