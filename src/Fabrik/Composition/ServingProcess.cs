using System.Net.Sockets;
using Fabrik.Cache;
using Fabrik.Cache.Local;
using Fabrik.Cli;
using Fabrik.Composition.Layers;
using Fabrik.Composition.Memcached;
using Fabrik.Composition.Proxies;
using Fabrik.Observability.Traces;
using Fabrik.Server;
using Fabrik.Server.Adapters.Bazel.Explain;
using Fabrik.Server.Adapters.S3;
using Fabrik.Server.Admin;
using Fabrik.Server.Auth;
using Fabrik.Settings;
using Fabrik.Settings.Reload;
using Fabrik.Settings.Schema;
using Fabrik.Settings.Values;
using Fabrik.StoreAccess;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Fabrik.Composition;

/// <summary>
/// A process that serves, put together from settings: keys, store, layers, instruments, listeners, in this order. It
/// ends in the reverse order, so that whatever is asked of a part finds those below it alive.
/// </summary>
internal sealed class ServingProcess(ProcessOptions options) : IAsyncDisposable
{
    /// <summary>The header by which the command line knows that it talks to the process it means.</summary>
    private const string InstanceHeader = Activation.HttpDaemonProbe.InstanceHeader;

    private readonly ServingState _state = new();
    private readonly ILogger _logger = options.Logs.CreateLogger<ServingProcess>();
    private readonly RequestGate _gate = new(options.Settings.Get(RuntimeSettings.MaxConcurrentRequests), options.Time);
    private readonly ActionJournal _actions = new(options.Time);
    private readonly CancellationTokenSource _draining = new();
    private AccessControl? _access;
    private LocalStore? _store;
    private LayerStack? _layers;
    private S3ProxyPart? _proxy;
    private MemcachedPart? _memcached;
    private IReadOnlyList<ListenerRole> _memcachedRoles = [];
    private Reconfiguration? _changes;
    private Instruments? _instruments;
    private WebListeners? _listeners;
    private string? _controlSocket;
    private Dictionary<CertificateSettings, ServerCertificate> _certificates = [];
    private IReadOnlyList<ListenerPlan> _plans = [];
    private TraceExport? _traces;
    private volatile S3Options _s3 = S3Access.Of(options.Settings);

    /// <summary>The listeners; empty before the start.</summary>
    public IReadOnlyList<ListenerRole> Listeners => [.. _listeners?.Roles ?? [], .. _memcachedRoles];

    /// <summary>How long no build tool has asked for anything.</summary>
    public TimeSpan Idle => _gate.Idle;

    /// <summary>Starts to serve.</summary>
    /// <returns>Why it cannot, one sentence each; empty once it listens.</returns>
    public async Task<IReadOnlyList<string>> StartAsync(CancellationToken cancellationToken)
    {
        List<string> problems = [];
        LocalStoreOptions? store = IsProxyAlone
            ? ProxyStore.OptionsOf(options.Settings)
            : HasStore ? StoreOptions.Of(options.Settings, options.Sources.Environment, problems) : null;
        _access = await AccessControl.CreateAsync(
            options.Settings, new AuthServices(options.Time, options.Logs), problems, cancellationToken);
        _plans = ListenerPlan.Of(options.Settings, options.Mode);
        problems.AddRange(ListenerPlan.Collisions(_plans));
        _certificates = Certificates(problems);
        if (_access is null || problems.Count > 0)
        {
            return problems;
        }

        _traces = Tracing(options.Settings);
        if (store is not null && !await OpenAsync(store, problems, cancellationToken))
        {
            return problems;
        }

        return await StartPartsAsync(problems, cancellationToken)
            && await ListenAsync(cancellationToken) is { } problem ? [problem] : problems;
    }

    // Each from what is open by then.
    private async Task<bool> StartPartsAsync(List<string> problems, CancellationToken cancellationToken)
    {
        if (_plans.Any(plan => plan.Duties.HasFlag(ListenerDuties.S3Proxy)))
        {
            _proxy = await S3ProxyPart.StartAsync(options, IsProxyAlone ? _store : null, problems, cancellationToken);
            if (_proxy is null)
            {
                return false;
            }
        }

        _instruments = new Instruments(_store, options.Time);
        if (_plans.Any(plan => plan.Duties.HasFlag(ListenerDuties.Memcached)))
        {
            MemcachedNeeds needs = new(_layers?.Cache, _instruments.Registry);
            _memcached = await MemcachedPart.StartAsync(options, needs, problems, cancellationToken);
            if (_memcached is null)
            {
                return false;
            }

            _memcachedRoles = [.. _memcached.Roles(_plans)];
        }

        _changes = new Reconfiguration(options.Settings, [.. ReloadedParts()], _logger);
        return true;
    }

    /// <summary>The number of the configuration that holds; the first has 1.</summary>
    public long Generation => _changes?.Generation ?? 1;

    /// <summary>Loads the configuration and all keys again; null before anybody can.</summary>
    public Func<Task<ReloadOutcome>>? Reload { get; set; }

    /// <summary>Takes over a configuration that was loaded again: all of it, or nothing.</summary>
    public Task<ReloadOutcome> ReconfigureAsync(SettingsReload reload) =>
        _changes!.TakeAsync(reload, CancellationToken.None);

    /// <summary>Reads all public keys again in the background.</summary>
    public void ReloadKeys()
    {
        _access?.ReloadKeys();
        _proxy?.ReloadKeys();
    }

    /// <summary>Stops listening, and lets the requests in flight end within the time that settings give them.</summary>
    public async Task DrainAsync()
    {
        _state.NotReady = "draining";
        await _draining.CancelAsync();
        if (_listeners is null)
        {
            return;
        }

        TimeSpan patience = options.Settings.Get(RuntimeSettings.GracefulShutdownTimeout);
        ServingLog.Draining(_logger, _gate.InFlight, patience);
        using CancellationTokenSource limit = new(patience, options.Time);
        Task clients = _memcached?.DrainAsync(patience) ?? Task.CompletedTask;
        await _listeners.StopAsync(limit.Token);
        await clients;
        if (_layers is not null)
        {
            await _layers.StopAsync(limit.Token);
        }

        if (limit.IsCancellationRequested)
        {
            ServingLog.DrainEnded(_logger, patience);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_listeners is not null)
        {
            await _listeners.DisposeAsync();
        }

        _draining.Dispose();
        if (_controlSocket is not null)
        {
            ControlSocket.RemoveStale(_controlSocket);
        }

        if (_memcached is not null)
        {
            await _memcached.DisposeAsync();
        }

        _instruments?.Dispose();
        _changes?.Dispose();
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        if (_layers is not null)
        {
            await _layers.DisposeAsync();
        }

        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        if (_access is not null)
        {
            await _access.DisposeAsync();
        }

        _traces?.Dispose();
    }

    // Then the one store of the process is the proxy's.
    private bool IsProxyAlone => options.Mode == ServingMode.S3Proxy;

    private bool HasStore => options.Mode != ServingMode.MemcachedProxy || MemcachedPart.NeedsStore(options.Settings);

    private Setting<string> StoreDirectory => IsProxyAlone ? S3ProxySettings.Directory : CacheSettings.Directory;

    private async Task<bool> OpenAsync(
        LocalStoreOptions store, List<string> problems, CancellationToken cancellationToken)
    {
        CacheResult<LocalStore> opened = await LocalStore.OpenAsync(
            store, options.Time, options.Logs, cancellationToken);
        if (!opened.TryGet(out _store, out CacheError? error))
        {
            problems.Add($"{StoreDirectory.Key}: {error.Message}");
            return false;
        }

        UpstreamWorld world = new(options.Sources.Environment, options.Time, options.Logs);
        UpstreamSet upstreams = IsProxyAlone ? UpstreamSet.None() : UpstreamSet.Of(options.Settings, world, problems);
        if (problems.Count > 0)
        {
            await upstreams.DisposeAsync();
            return false;
        }

        _layers = new LayerStack(_store, upstreams, options.Settings, world);
        return true;
    }

    private async Task<string?> ListenAsync(CancellationToken cancellationToken)
    {
        List<ListenerPlan> plans = [.. _plans.Where(plan => !plan.Duties.HasFlag(ListenerDuties.Memcached))];
        _controlSocket = _store is null ? null : ControlSocket.PathFor(options.Settings.Get(StoreDirectory));
        if (_controlSocket is not null)
        {
            // The store is ours, so whoever made a socket file in its folder is gone.
            ControlSocket.RemoveStale(_controlSocket);
            plans.Add(new ListenerPlan("control", BindAddress.Unix(_controlSocket), ListenerDuties.Control));
        }

        _listeners = WebListeners.Build(plans, options, _certificates);
        foreach (ListenerRole role in _listeners.Roles)
        {
            if (role.Plan.Duties.HasFlag(ListenerDuties.S3Proxy))
            {
                WebListeners.Route(role, _proxy!.Handler);
            }
            else
            {
                _listeners.Route(role, routes => MapRoutes(routes, role.Plan));
            }
        }

        try
        {
            await _listeners.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            string addresses = string.Join(", ", plans.Select(AddressText));
            return $"{e.Message.TrimEnd('.')}: expected addresses that are free and that this user may take, found "
                + addresses;
        }

        if (_controlSocket is not null)
        {
            ControlSocket.Restrict(_controlSocket);
        }

        _state.NotReady = null;
        foreach (ListenerRole role in Listeners)
        {
            ServingLog.Listening(_logger, role.Url, role.Plan.Name);
        }

        return null;
    }

    private IEnumerable<ReloadedPart> ReloadedParts()
    {
        AuthServices auth = new(options.Time, options.Logs);
        if (!IsProxyAlone && HasStore)
        {
            yield return new ReloadedPart(
                (settings, _) => ValueTask.FromResult<IReadOnlyList<string>>(TakeStore(settings, store: null)),
                (settings, _) => ValueTask.FromResult<IReadOnlyList<string>>(TakeStore(settings, _store)));
        }

        yield return new ReloadedPart(
            (settings, ct) => AccessControl.CheckAsync(settings, auth, ct), _access!.ReconfigureAsync);
        if (_proxy is { } proxy)
        {
            yield return new ReloadedPart(proxy.CheckAsync, proxy.ReconfigureAsync);
        }

        if (_memcached is { } memcached)
        {
            yield return new ReloadedPart(memcached.CheckAsync, memcached.ReconfigureAsync);
        }
        else if (options.Mode == ServingMode.Server)
        {
            yield return MemcachedPart.Absent;
        }

        yield return ReloadedPart.Of(settings =>
        {
            _s3 = S3Access.Of(settings);
            options.LogLevel.Level = settings.Get(ObservabilitySettings.LogLevel);
        });
    }

    // Without a store it only looks at the settings.
    private List<string> TakeStore(EffectiveSettings settings, LocalStore? store)
    {
        List<string> problems = [];
        if (StoreOptions.Of(settings, options.Sources.Environment, problems) is { } wanted)
        {
            store?.Reconfigure(wanted);
        }

        return problems;
    }

    private static string AddressText(ListenerPlan plan) =>
        plan.SetBy.Length == 0 ? $"{plan.Bind} ({plan.Name})" : $"{plan.Bind} ({plan.Name}, set by {plan.SetBy})";

    private Dictionary<CertificateSettings, ServerCertificate> Certificates(List<string> problems)
    {
        Dictionary<CertificateSettings, ServerCertificate> certificates = [];
        foreach (CertificateSettings where in _plans.Select(plan => plan.Certificate).OfType<CertificateSettings>())
        {
            if (ServerCertificate.Of(options.Settings, where, options.Time, problems) is { } certificate)
            {
                certificates[where] = certificate;
            }
        }

        return certificates;
    }

    private void MapRoutes(IEndpointRouteBuilder routes, ListenerPlan plan)
    {
        if (plan.Duties.HasFlag(ListenerDuties.BuildTools))
        {
            ServerRoutes.Map(routes, Services(plan));
        }

        if (plan.Duties.HasFlag(ListenerDuties.Fabrik))
        {
            ServerRoutes.MapFabrik(routes, Services(plan), Health());
        }

        if (plan.Duties.HasFlag(ListenerDuties.Bazel))
        {
            ServerRoutes.MapBazel(routes, Services(plan), Health());
        }

        if (plan.Duties.HasFlag(ListenerDuties.S3))
        {
            ServerRoutes.MapS3(routes, Services(plan), new S3Services
            {
                Listing = _store!,
                Staging = _store!,
                Options = () => _s3,
            });
        }

        if (plan.Duties.HasFlag(ListenerDuties.Health))
        {
            routes.MapHealth(Health());
        }

        if (plan.Duties.HasFlag(ListenerDuties.Metrics))
        {
            MetricsRoutes.Map(routes, _instruments!.Registry, _access!.Operators);
            ReloadRoutes.Map(routes, _access.Operators, () => Reload);
            _memcached?.MapAdmin(routes, _access.Operators);
            if (options.Settings.Get(S3ProxySettings.Admin))
            {
                _proxy?.MapAdmin(routes, _access.Operators, () => _changes!.Generation);
            }
        }

        if (plan.Duties.HasFlag(ListenerDuties.Control))
        {
            ControlRoutes.Map(routes, new OpenStore(_store!, options.Time));
            ExplainRoutes.Map(routes, new ActionExplainer(Services(plan)));
        }
    }

    private ServerServices Services(ListenerPlan plan) => new()
    {
        Cache = _layers!.Cache,
        Version = ProductVersion.Text,
        Statistics = () => _store!.Statistics,
        Authenticator = _access!.Tools,
        Options = new ServerOptions
        {
            Adapters = plan.Adapters,
            MaxArtifactSize = options.Settings.Get(CacheSettings.MaxArtifactSize).Bytes,
        },
        Time = options.Time,
        Logs = options.Logs,
        Metrics = _instruments!.Server,
        Gate = _gate,
        Actions = _actions,
        Draining = _draining.Token,
    };

    private static TraceExport? Tracing(EffectiveSettings settings) =>
        settings.Get(ObservabilitySettings.TracingEnabled)
        && settings.Get(ObservabilitySettings.TracingEndpoint) is { } endpoint
            ? new TraceExport(new TraceExportOptions
            {
                Endpoint = endpoint,
                OverHttp = settings.Get(ObservabilitySettings.TracingProtocol) == TracingProtocol.Http,
                SamplePercent = settings.Get(ObservabilitySettings.TracingSample),
                Version = ProductVersion.Text,
            })
            : null;

    private HealthServices Health() => new()
    {
        Version = ProductVersion.Text,
        Time = options.Time,
        NotReady = () => _state.NotReady ?? _access!.NotReady ?? _proxy?.NotReady,
        Degraded = () => _store?.Statistics is { WriteState: not WriteState.Ok } broken
            ? $"the store takes no writes: {broken.WriteStateReason}"
            : _layers?.Degraded ?? _proxy?.Degraded,
        Headers = [new(InstanceHeader, options.Instance)],
    };
}
