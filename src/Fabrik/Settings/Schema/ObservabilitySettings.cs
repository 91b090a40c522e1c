using Fabrik.Settings.Values;
using Microsoft.Extensions.Logging;

namespace Fabrik.Settings.Schema;

/// <summary>How log lines are written.</summary>
internal enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}

/// <summary>How spans are sent.</summary>
internal enum TracingProtocol
{
    /// <summary>OTLP over gRPC.</summary>
    Grpc,

    /// <summary>OTLP over HTTP.</summary>
    Http,
}

/// <summary><c>[observability]</c>: logs, health, metrics and traces.</summary>
internal static class ObservabilitySettings
{
    public static readonly SettingsSection Section = new("observability", "Logs, health, metrics and traces.")
    {
        Later = ["cache_query_api_enabled", "admin_api_enabled"],
    };

    public static readonly Setting<LogLevel> LogLevel = Section.Add(new Setting<LogLevel>(SettingTypes.Choice(
        ("trace", Microsoft.Extensions.Logging.LogLevel.Trace),
        ("debug", Microsoft.Extensions.Logging.LogLevel.Debug),
        ("info", Microsoft.Extensions.Logging.LogLevel.Information),
        ("warn", Microsoft.Extensions.Logging.LogLevel.Warning),
        ("error", Microsoft.Extensions.Logging.LogLevel.Error),
        ("off", Microsoft.Extensions.Logging.LogLevel.None)))
    {
        Name = "log_level",
        Help = "The least important messages that are written.",
        Fallback = Microsoft.Extensions.Logging.LogLevel.Information,
        IsHot = true,
    });

    public static readonly Setting<LogFormat> LogFormat = Section.Add(new Setting<LogFormat>(
        SettingTypes.Choice(("text", Schema.LogFormat.Text), ("json", Schema.LogFormat.Json)))
    {
        Name = "log_format",
        Help = "How the server's log lines are written: for people or one JSON object a line.",
        Fallback = Schema.LogFormat.Text,
    });

    public static readonly Setting<bool> HealthEnabled = Section.Add(new Setting<bool>(SettingTypes.Boolean)
    {
        Name = "health_enabled",
        Help = "Whether `/health`, `/ready` and `/live` are served.",
        Fallback = true,
    });

    public static readonly Setting<BindAddress> HealthBind = Section.Add(new Setting<BindAddress>(SettingTypes.Bind)
    {
        Name = "health_bind",
        Help = "Where health is served under `fabrik server`, to anybody who asks.",
        Fallback = BindAddress.Tcp("*", 8888),
    });

    public static readonly Setting<bool> MetricsEnabled = Section.Add(new Setting<bool>(SettingTypes.Boolean)
    {
        Name = "metrics_enabled",
        Help = "Whether `/metrics` is served.",
        Fallback = true,
    });

    public static readonly Setting<BindAddress> ApiBind = Section.Add(new Setting<BindAddress>(SettingTypes.Bind)
    {
        Name = "api_bind",
        Help = "Where metrics are served under `fabrik server`.",
        Fallback = BindAddress.Tcp("127.0.0.1", 9091),
        Aliases = ["metrics_bind"],
    });

    public static readonly Setting<bool?> ApiAuthRequired = Section.Add(new Setting<bool?>(
        SettingTypes.Optional(SettingTypes.Boolean))
    {
        Name = "api_auth_required",
        Help = "Whether metrics need a token with the permission `admin`; \"none\" does as `auth.required` says.",
    });

    public static readonly Setting<bool> TracingEnabled = Section.Add(new Setting<bool>(SettingTypes.Boolean)
    {
        Name = "tracing_enabled",
        Help = "Whether requests are traced and spans sent to an OpenTelemetry collector.",
    });

    public static readonly Setting<Uri?> TracingEndpoint = Section.Add(new Setting<Uri?>(
        SettingTypes.Url("http", "https"))
    {
        Name = "tracing_endpoint",
        Help = "The collector.",
        Fallback = new Uri("http://127.0.0.1:4317"),
        StandardVariables = ["OTEL_EXPORTER_OTLP_ENDPOINT"],
    });

    public static readonly Setting<TracingProtocol> TracingProtocol = Section.Add(new Setting<TracingProtocol>(
        SettingTypes.Choice(("grpc", Schema.TracingProtocol.Grpc), ("http", Schema.TracingProtocol.Http)))
    {
        Name = "tracing_protocol",
        Help = "How spans are sent: OTLP over gRPC (port 4317 as a rule) or over HTTP (4318).",
    });

    public static readonly Setting<int> TracingSample = Section.Add(new Setting<int>(SettingTypes.Integer(0, 100))
    {
        Name = "tracing_sample",
        Help = "Of a hundred requests how many are traced, where the caller has not decided.",
        Fallback = 100,
    });
}
