namespace Fabrik.Settings.Schema;

/// <summary>The settings of one adapter's own listener.</summary>
/// <param name="Name">The adapter's name, as in <c>build_tools.enabled</c>.</param>
/// <param name="Section">Its section.</param>
/// <param name="Bind">The host of its own listener; empty for that of the section around it.</param>
/// <param name="Port">The port of its own listener; null where it shares the listener of all.</param>
internal sealed record AdapterSettings(string Name, SettingsSection Section, Setting<string> Bind, Setting<int?> Port);

/// <summary><c>[build_tools]</c>: the front doors.</summary>
internal static class BuildToolsSettings
{
    public static readonly SettingsSection Section = new(
        "build_tools", "The front doors for build tools, which share one listener.")
    {
        Aliases = ["build_systems"],
        Later = ["sccache", "buildkit"],
    };

    public static readonly Setting<IReadOnlyList<string>> Enabled = Section.Add(new Setting<IReadOnlyList<string>>(
        new Values.ListType<string>(new Values.ChoiceType<string>(
            ("gradle", "gradle"), ("nx", "nx"), ("turborepo", "turborepo"), ("bazel", "bazel"), ("http", "http"),
            ("s3", "s3"))
        {
            Later = ["sccache", "buildkit"],
        }))
    {
        Name = "enabled",
        Help = "The adapters that are served. \"bazel\" is for whatever speaks the Remote Execution API; \"http\" for "
            + "ccache, sccache's webdav, and whatever else can GET and PUT; \"s3\" for what keeps objects.",
        Fallback = ["gradle", "nx", "turborepo", "bazel", "http", "s3"],
    });

    public static readonly Setting<string> Bind = Section.Add(new Setting<string>(SettingTypes.Host)
    {
        Name = "bind",
        Help = "The address that the adapters listen on; \"*\" for every interface. The daemon always takes 127.0.0.1.",
        Fallback = "127.0.0.1",
    });

    public static readonly Setting<int> Port = Section.Add(new Setting<int>(SettingTypes.Port)
    {
        Name = "port",
        Help = "The port that the adapters share under `fabrik server`; 0 lets the system choose. The daemon takes "
            + "`daemon.http_port`.",
        Fallback = 8080,
    });

    /// <summary>The listeners of single adapters.</summary>
    public static readonly IReadOnlyList<AdapterSettings> Adapters =
    [
        Adapter("gradle", "The Gradle HTTP build cache."),
        Adapter("nx", "The Nx self-hosted remote cache."),
        Adapter("turborepo", "The Turborepo remote cache."),
        Adapter("http", "Plain HTTP and WebDAV (ccache, sccache)."),
    ];

    /// <summary>Bazel's own door, gRPC; its HTTP paths are on the listener of all.</summary>
    public static readonly SettingsSection Bazel = Section.Add(new SettingsSection(
        "bazel", "The Remote Execution API's cache over gRPC. Its HTTP paths are on the listener that all share."));

    public static readonly Setting<string> BazelBind = Bazel.Add(new Setting<string>(SettingTypes.Host)
    {
        Name = "bind",
        Help = "The address of gRPC; empty for that of the section around it.",
        Fallback = "",
    });

    public static readonly Setting<int?> BazelPort = Bazel.Add(new Setting<int?>(
        SettingTypes.Optional(SettingTypes.Port))
    {
        Name = "port",
        Help = "The port of gRPC under `fabrik server`; 0 lets the system choose, \"none\" leaves HTTP alone. The "
            + "daemon takes `daemon.grpc_port`.",
        Fallback = 9090,
    });

    public static readonly CertificateSettings BazelCertificate = new(
        Bazel, "the certificate of gRPC", "serves without TLS (`grpc://`), as the daemon always does");

    /// <summary>The section with what is declared elsewhere.</summary>
    public static SettingsSection Whole => S3Settings.Section.Parent!;

    private static AdapterSettings Adapter(string name, string help)
    {
        SettingsSection section = Section.Add(new SettingsSection(name, help) { Later = ["auto_configure"] });
        Setting<string> bind = section.Add(new Setting<string>(SettingTypes.Host)
        {
            Name = "bind",
            Help = "The address of a listener of its own; empty for that of the section around it.",
            Fallback = "",
        });
        Setting<int?> port = section.Add(new Setting<int?>(SettingTypes.Optional(SettingTypes.Port))
        {
            Name = "port",
            Help = "The port of a listener of its own; 0 lets the system choose, \"none\" shares the one of all.",
        });
        return new AdapterSettings(name, section, bind, port);
    }
}
