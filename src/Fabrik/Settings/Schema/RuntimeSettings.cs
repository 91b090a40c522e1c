using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary><c>[runtime]</c>: the limits of the process.</summary>
internal static class RuntimeSettings
{
    public static readonly SettingsSection Section = new("runtime", "The limits of the process.");

    public static readonly Setting<TimeSpan> GracefulShutdownTimeout = Section.Add(new Setting<TimeSpan>(
        SettingTypes.Duration(TimeSpan.Zero, TimeSpan.FromHours(1)))
    {
        Name = "graceful_shutdown_timeout",
        Help = "How long requests in flight may take to end after SIGTERM or SIGINT.",
        Fallback = TimeSpan.FromSeconds(30),
    });

    public static readonly Setting<int> MaxConcurrentRequests = Section.Add(new Setting<int>(
        SettingTypes.Integer(1, 1_000_000))
    {
        Name = "max_concurrent_requests",
        Help = "Requests that are served at a time; further ones are turned away with 503.",
        Fallback = 10_000,
    });

    public static readonly Setting<int> MaxConnections = Section.Add(new Setting<int>(
        SettingTypes.Integer(1, 1_000_000))
    {
        Name = "max_connections",
        Help = "Connections that are open at a time; further ones are closed at once.",
        Fallback = 10_000,
    });

    public static readonly Setting<int> WorkerThreads = Section.Add(new Setting<int>(SettingTypes.Integer(0, 1024))
    {
        Name = "worker_threads",
        Help = "Threads that are ready to serve requests at once; 0 for as many as there are processors. Reads that "
            + "wait for a slow disk hold one each.",
    });

    public static readonly Setting<TimeSpan> RequestHeaderTimeout = Section.Add(new Setting<TimeSpan>(
        SettingTypes.Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)))
    {
        Name = "request_header_timeout",
        Help = "How long a client may take to send the headers of a request.",
        Fallback = TimeSpan.FromSeconds(15),
    });

    public static readonly Setting<ByteSize> MinDataRate = Section.Add(new Setting<ByteSize>(
        SettingTypes.Size(new ByteSize(0), ByteSize.MiB(100)))
    {
        Name = "min_data_rate",
        Help = "The bytes a second below which a client that sends or takes a body is cut off after five seconds; "
            + "0 for none.",
        Fallback = new ByteSize(240),
    });
}
