using System.Net;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Fabrik.Settings.Values;

namespace Fabrik.Composition;

/// <summary>Who starts the process, which decides where it listens.</summary>
internal enum ServingMode
{
    /// <summary><c>fabrik server</c>: the ports of the configuration.</summary>
    Server,

    /// <summary><c>fabrik daemon</c>: loopback, and ports that the system chooses.</summary>
    Daemon,

    /// <summary><c>fabrik s3-proxy</c>: the S3 proxy alone, at the ports of the configuration.</summary>
    S3Proxy,

    /// <summary><c>fabrik memcached-proxy</c>: that proxy alone, at the addresses of the configuration.</summary>
    MemcachedProxy,
}

/// <summary>What a listener serves.</summary>
[Flags]
internal enum ListenerDuties
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The adapters of build tools.</summary>
    BuildTools = 1,

    /// <summary>Health, to anybody.</summary>
    Health = 2,

    /// <summary>Metrics.</summary>
    Metrics = 4,

    /// <summary>What the command line asks of the process that holds the store; a socket file of this user.</summary>
    Control = 8,

    /// <summary>The Fabrik protocol, over HTTP/2.</summary>
    Fabrik = 16,

    /// <summary>Bazel's adapter over HTTP/2; its paths for HTTP/1.1 are with the other build tools'.</summary>
    Bazel = 32,

    /// <summary>The S3 proxy, which has every path of its listener.</summary>
    S3Proxy = 64,

    /// <summary>The S3 API, whose paths leave no room for others.</summary>
    S3 = 128,

    /// <summary>The memcached proxy, which listens by itself.</summary>
    Memcached = 256,
}

/// <summary>One listener to be.</summary>
/// <param name="Name">Its name in <c>ports.json</c> and in logs.</param>
/// <param name="Bind">Where it listens.</param>
/// <param name="Duties">What it serves.</param>
internal sealed record ListenerPlan(string Name, BindAddress Bind, ListenerDuties Duties)
{
    /// <summary>The adapters that it serves.</summary>
    public IReadOnlySet<string> Adapters { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>The settings that decide where it listens, for whoever has to change that.</summary>
    public string SetBy { get; init; } = "";

    /// <summary>Where the certificate is set that it is served with; null where it never has one.</summary>
    public CertificateSettings? Certificate { get; init; }

    /// <summary>Whether it speaks gRPC, and HTTP/2 alone.</summary>
    public bool IsRpc => (Duties & (ListenerDuties.Fabrik | ListenerDuties.Bazel)) != ListenerDuties.None;

    /// <summary>Whether it serves Bazel's paths for HTTP/1.1, which may begin with an instance.</summary>
    public bool HasBazelPaths => Duties.HasFlag(ListenerDuties.BuildTools) && Adapters.Contains(Bazel);

    /// <summary>
    /// Whether headers are handed on byte by byte; elsewhere they are UTF-8, which signatures of S3 are made of.
    /// </summary>
    public bool KeepsHeaderBytes => Duties.HasFlag(ListenerDuties.S3Proxy);

    private bool IsAlone => IsRpc
        || (Duties & (ListenerDuties.S3 | ListenerDuties.S3Proxy | ListenerDuties.Memcached)) != ListenerDuties.None;

    /// <summary>The listeners that settings ask for, build tools first.</summary>
    public static IReadOnlyList<ListenerPlan> Of(EffectiveSettings settings, ServingMode mode)
    {
        List<ListenerPlan> plans = [];
        bool isCache = mode is ServingMode.Server or ServingMode.Daemon;
        if (isCache)
        {
            AddBuildTools(plans, settings, mode);
            AddOwn(plans, settings, mode, BazelListener);
            AddOwn(plans, settings, mode, S3Listener);
        }

        if (mode is ServingMode.Server or ServingMode.S3Proxy && settings.Items(S3ProxySettings.Buckets).Count > 0)
        {
            plans.Add(new ListenerPlan("s3-proxy", settings.Get(S3ProxySettings.Bind), ListenerDuties.S3Proxy)
            {
                SetBy = S3ProxySettings.Bind.Key,
                Certificate = S3ProxySettings.Certificate,
            });
        }

        if (mode is ServingMode.Server or ServingMode.MemcachedProxy)
        {
            plans.AddRange(settings.Items(MemcachedProxySettings.Listeners).Select(Memcached));
        }

        if (isCache && settings.Get(FabrikSettings.Enabled))
        {
            plans.Add(new ListenerPlan("fabrik", settings.Get(FabrikSettings.Bind), ListenerDuties.Fabrik)
            {
                SetBy = FabrikSettings.Bind.Key,
                Certificate = FabrikSettings.Certificate,
            });
        }

        AddOperators(plans, settings, mode);
        return Joined(plans);
    }

    private static ListenerPlan Memcached(EffectiveSettings listener) => new(
        $"memcached-{listener.Name}", listener.Get(MemcachedListenerSettings.Bind), ListenerDuties.Memcached)
    {
        SetBy = listener.KeyOf(MemcachedListenerSettings.Bind),
    };

    // Two duties at one address are one listener; a port that the system chooses is another one each time.
    // gRPC is never joined: it needs HTTP/2 from the first byte. Neither are S3 and its proxy: every path is their own.
    private static List<ListenerPlan> Joined(List<ListenerPlan> plans) =>
    [
        .. plans.GroupBy(plan => plan.Bind is { Port: 0, UnixPath: "" } || plan.IsAlone ? new object() : plan.Bind)
            .Select(group => group.First() with
            {
                Duties = group.Aggregate(ListenerDuties.None, (duties, plan) => duties | plan.Duties),
                Adapters = group.SelectMany(plan => plan.Adapters).ToHashSet(StringComparer.Ordinal),
            }),
    ];

    /// <summary>What cannot listen beside another, said so that it can be mended.</summary>
    public static IEnumerable<string> Collisions(IReadOnlyList<ListenerPlan> plans) =>
        from pair in plans.Index()
        from other in plans.Skip(pair.Index + 1)
        where pair.Item.Collides(other)
        select $"{other.SetBy}: expected an address of its own for the listener \"{other.Name}\", found "
            + $"{other.Bind}, of which \"{pair.Item.Name}\" has {pair.Item.Bind} (set by {pair.Item.SetBy})";

    // An address of every interface leaves no port of it to another: Kestrel takes both families for it.
    private bool Collides(ListenerPlan other) =>
        Bind.UnixPath.Length + other.Bind.UnixPath.Length > 0
            ? Bind.UnixPath == other.Bind.UnixPath
            : Bind.Port != 0 && Bind.Port == other.Bind.Port
                && (HostOf(Bind) == HostOf(other.Bind) || IsEverywhere(Bind) || IsEverywhere(other.Bind));

    private static string HostOf(BindAddress bind) => bind.Host == "localhost" ? Loopback : bind.Host;

    private static bool IsEverywhere(BindAddress bind) =>
        bind.Host == "*"
        || (IPAddress.TryParse(bind.Host, out IPAddress? address)
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));

    private static void AddBuildTools(List<ListenerPlan> plans, EffectiveSettings settings, ServingMode mode)
    {
        HashSet<string> shared = [.. settings.Get(BuildToolsSettings.Enabled).Where(name => name != S3)];
        string host = mode == ServingMode.Daemon ? Loopback : settings.Get(BuildToolsSettings.Bind);
        foreach (AdapterSettings adapter in BuildToolsSettings.Adapters)
        {
            if (settings.Get(adapter.Port) is not { } own || !shared.Remove(adapter.Name))
            {
                continue;
            }

            string bind = settings.Get(adapter.Bind);
            string ownHost = bind.Length > 0 && mode == ServingMode.Server ? bind : host;
            plans.Add(new ListenerPlan(adapter.Name, BindAddress.Tcp(ownHost, own), ListenerDuties.BuildTools)
            {
                Adapters = new HashSet<string>(StringComparer.Ordinal) { adapter.Name },
                SetBy = adapter.Port.Key,
            });
        }

        if (shared.Count == 0 && mode == ServingMode.Server)
        {
            return;
        }

        Setting<int> port = mode == ServingMode.Daemon ? DaemonSettings.HttpPort : BuildToolsSettings.Port;
        ListenerPlan all = new("http", BindAddress.Tcp(host, settings.Get(port)), ListenerDuties.BuildTools)
        {
            Adapters = shared,
            SetBy = mode == ServingMode.Daemon ? port.Key : $"{BuildToolsSettings.Bind.Key} and {port.Key}",
        };
        plans.Insert(0, all);
    }

    // The daemon has no TLS: it talks to this machine alone.
    private static void AddOwn(
        List<ListenerPlan> plans, EffectiveSettings settings, ServingMode mode, OwnListener own)
    {
        bool isDaemon = mode == ServingMode.Daemon;
        Setting<int?> port = isDaemon ? own.DaemonPort : own.Port;
        if (settings.Get(port) is not { } number
            || !settings.Get(BuildToolsSettings.Enabled).Contains(own.Adapter, StringComparer.Ordinal))
        {
            return;
        }

        string bind = settings.Get(own.Bind);
        string host = isDaemon ? Loopback : bind.Length > 0 ? bind : settings.Get(BuildToolsSettings.Bind);
        plans.Add(new ListenerPlan(own.Name, BindAddress.Tcp(host, number), own.Duties)
        {
            Adapters = new HashSet<string>(StringComparer.Ordinal) { own.Adapter },
            SetBy = port.Key,
            Certificate = isDaemon ? null : own.Certificate,
        });
    }

    private static void AddOperators(List<ListenerPlan> plans, EffectiveSettings settings, ServingMode mode)
    {
        ListenerDuties health =
            settings.Get(ObservabilitySettings.HealthEnabled) ? ListenerDuties.Health : ListenerDuties.None;
        ListenerDuties metrics =
            settings.Get(ObservabilitySettings.MetricsEnabled) ? ListenerDuties.Metrics : ListenerDuties.None;
        if (mode == ServingMode.Daemon)
        {
            // Health is not to be switched off here: reuse of the daemon depends on its answer.
            BindAddress one = BindAddress.Tcp(Loopback, settings.Get(DaemonSettings.MetricsPort));
            plans.Add(new ListenerPlan("metrics", one, metrics | ListenerDuties.Health)
            {
                SetBy = DaemonSettings.MetricsPort.Key,
            });
            return;
        }

        if (health != ListenerDuties.None)
        {
            plans.Add(new ListenerPlan("health", settings.Get(ObservabilitySettings.HealthBind), health)
            {
                SetBy = ObservabilitySettings.HealthBind.Key,
            });
        }

        if (metrics != ListenerDuties.None)
        {
            plans.Add(new ListenerPlan("metrics", settings.Get(ObservabilitySettings.ApiBind), metrics)
            {
                SetBy = ObservabilitySettings.ApiBind.Key,
            });
        }
    }

    private const string Bazel = "bazel";
    private const string S3 = "s3";

    private static readonly string Loopback = IPAddress.Loopback.ToString();

    private static readonly OwnListener BazelListener = new("grpc", Bazel, ListenerDuties.Bazel)
    {
        Port = BuildToolsSettings.BazelPort,
        DaemonPort = DaemonSettings.GrpcPort,
        Bind = BuildToolsSettings.BazelBind,
        Certificate = BuildToolsSettings.BazelCertificate,
    };

    private static readonly OwnListener S3Listener = new(S3, S3, ListenerDuties.S3)
    {
        Port = S3Settings.Port,
        DaemonPort = DaemonSettings.S3Port,
        Bind = S3Settings.Bind,
        Certificate = S3Settings.Certificate,
    };

    /// <summary>A listener that one adapter has to itself, where a port is set for it.</summary>
    private sealed record OwnListener(string Name, string Adapter, ListenerDuties Duties)
    {
        public required Setting<int?> Port { get; init; }

        public required Setting<int?> DaemonPort { get; init; }

        public required Setting<string> Bind { get; init; }

        public required CertificateSettings Certificate { get; init; }
    }
}
