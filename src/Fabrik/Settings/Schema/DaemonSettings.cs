namespace Fabrik.Settings.Schema;

/// <summary><c>[daemon]</c>: the background cache of one developer.</summary>
internal static class DaemonSettings
{
    public static readonly SettingsSection Section = new("daemon", "The local daemon. It listens on 127.0.0.1 only.")
    {
        Later = ["socket"],
    };

    public static readonly Setting<int> HttpPort = Section.Add(new Setting<int>(SettingTypes.Port)
    {
        Name = "http_port",
        Help = "The port of the build-tool listener; 0 lets the system choose. `ports.json` tells which it is.",
    });

    public static readonly Setting<int?> GrpcPort = Section.Add(new Setting<int?>(
        SettingTypes.Optional(SettingTypes.Port))
    {
        Name = "grpc_port",
        Help = "The port of Bazel's gRPC; 0 lets the system choose, \"none\" leaves HTTP alone. `ports.json` tells "
            + "which it is.",
        Fallback = 0,
    });

    public static readonly Setting<int?> S3Port = Section.Add(new Setting<int?>(
        SettingTypes.Optional(SettingTypes.Port))
    {
        Name = "s3_port",
        Help = "The port of the S3 API; 0 lets the system choose, \"none\" does not serve it. `ports.json` tells which "
            + "it is.",
        Fallback = 0,
    });

    public static readonly Setting<int> MetricsPort = Section.Add(new Setting<int>(SettingTypes.Port)
    {
        Name = "metrics_port",
        Help = "The port of metrics and health; 0 lets the system choose. `ports.json` tells which it is.",
    });

    public static readonly Setting<TimeSpan?> IdleTimeout = Section.Add(new Setting<TimeSpan?>(
        SettingTypes.Optional(SettingTypes.Duration(TimeSpan.FromSeconds(1))))
    {
        Name = "idle_timeout",
        Help = "How long the daemon stays without a request before it ends; \"none\" keeps it for ever.",
    });
}
