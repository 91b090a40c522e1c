using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Memcached;
using Fabrik.Memcached.Configuration;
using Fabrik.Observability.Metrics;
using Fabrik.Server.Auth;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Composition.Memcached;

/// <summary>What the memcached proxy has of other parts of the process.</summary>
/// <param name="Cache">The store with its layers; null where there is none.</param>
/// <param name="Metrics">Where its histograms are shown.</param>
internal sealed record MemcachedNeeds(ICacheTier? Cache, MetricRegistry Metrics);

/// <summary>The memcached proxy of a process: it has listeners and threads of its own.</summary>
internal sealed class MemcachedPart : IAsyncDisposable
{
    private readonly Dictionary<string, ServerCertificate> _certificates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<SslStreamCertificateContext>> _shown = new(StringComparer.Ordinal);
    private readonly ProcessOptions _process;
    private MemcachedProxyOptions _options;
    private MemcachedProxy? _proxy;
    private MemcachedMetrics? _metrics;

    private MemcachedPart(ProcessOptions process, List<string> problems)
    {
        _process = process;
        ReadCertificates(process.Settings, problems);
        _options = OptionsOf(process.Settings);
    }

    /// <summary>Whether settings ask for the store of the process.</summary>
    public static bool NeedsStore(EffectiveSettings settings) => settings.Items(MemcachedProxySettings.Backends)
        .Any(backend => backend.Get(MemcachedBackendSettings.Type).Form == MemcachedBackendForm.Cache);

    /// <summary>Starts it.</summary>
    /// <param name="process">What the process is composed of.</param>
    /// <param name="needs">What it has of other parts.</param>
    /// <param name="problems">Takes down why it cannot.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<MemcachedPart?> StartAsync(
        ProcessOptions process, MemcachedNeeds needs, List<string> problems, CancellationToken cancellationToken)
    {
        MemcachedPart part = new(process, problems);
        if (problems.Count > 0)
        {
            return null;
        }

        MemcachedProxyServices services = new() { Time = process.Time, Logs = process.Logs, Cache = needs.Cache };
        try
        {
            part._proxy = await MemcachedProxy.StartAsync(part._options, services, cancellationToken);
            part._metrics = new MemcachedMetrics(part._proxy, needs.Metrics);
            return part;
        }
        catch (Exception e) when (IsExpected(e))
        {
            problems.Add(WhyNot(e));
            return null;
        }
    }

    /// <summary>The listeners, as those of the process are told of.</summary>
    public IEnumerable<ListenerRole> Roles(IEnumerable<ListenerPlan> plans) => plans
        .Where(plan => plan.Duties.HasFlag(ListenerDuties.Memcached))
        .Zip(_proxy!.Listeners, (plan, bound) => new ListenerRole(plan) { Bound = bound as IPEndPoint });

    /// <summary>What stands in for a proxy that was not there at the start: it cannot come by a reload.</summary>
    public static ReloadedPart Absent { get; } = ReloadedPart.Of(_ => { }) with
    {
        Check = (settings, _) => ValueTask.FromResult<IReadOnlyList<string>>(
            settings.Items(MemcachedProxySettings.Listeners).Count > 0
                ? [$"{MemcachedProxySettings.Listeners.Path}: the first listener needs a restart"]
                : []),
    };

    /// <summary>Looks at other settings, and changes nothing.</summary>
    /// <returns>What is wrong with them.</returns>
    public ValueTask<IReadOnlyList<string>> CheckAsync(EffectiveSettings settings, CancellationToken ct)
    {
        List<string> problems = [];
        if (NeedsStore(settings) && !NeedsStore(_process.Settings) && _process.Mode == ServingMode.MemcachedProxy)
        {
            problems.Add($"{MemcachedProxySettings.Backends.Path}: a first backend of type \"cache\" needs a restart");
        }

        if (settings.Items(MemcachedProxySettings.Listeners).Count == 0)
        {
            problems.Add($"{MemcachedProxySettings.Listeners.Path}: expected a listener, found none: the last one goes "
                + "with a restart only");
        }

        return ValueTask.FromResult<IReadOnlyList<string>>(problems);
    }

    /// <summary>Takes other settings; clients stay, and so do listeners at addresses that stay.</summary>
    /// <returns>What is wrong: an address that was taken, or a file that went, since they were looked at.</returns>
    public async ValueTask<IReadOnlyList<string>> ReconfigureAsync(EffectiveSettings settings, CancellationToken ct)
    {
        MemcachedProxyOptions wanted = OptionsOf(settings);

        // Who listens goes on as it does: certificates and passwords of a listener wait for a restart.
        wanted = wanted with { Listeners = [.. wanted.Listeners.Select(Running)] };
        try
        {
            await _proxy!.ReloadAsync(wanted, ct);
            _options = wanted;
            return [];
        }
        catch (Exception e) when (IsExpected(e))
        {
            return [WhyNot(e)];
        }
    }

    /// <summary>Maps what operators may ask of it.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="operators">Decides who may ask.</param>
    public void MapAdmin(IEndpointRouteBuilder routes, IRequestAuthenticator operators) =>
        new WarmingRoutes(_proxy!.Warming, operators).Map(routes);

    /// <summary>Lets clients have the answers that they wait for.</summary>
    public Task DrainAsync(TimeSpan patience) => _proxy!.DrainAsync(patience);

    public async ValueTask DisposeAsync()
    {
        _metrics?.Dispose();
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }
    }

    private static bool IsExpected(Exception e) => e is ArgumentException or IOException
        or UnauthorizedAccessException or CryptographicException;

    private static string WhyNot(Exception e) => e is ListenException { Listener: var listener }
        ? $"{MemcachedProxySettings.Section.KeyOf("listeners")}.{listener.Name}.bind: {e.Message.TrimEnd('.')}: "
            + $"expected an address that is free and that this user may take, found {listener.EndPoint}"
        : $"memcached_proxy: {e.Message}";

    private void ReadCertificates(EffectiveSettings settings, List<string> problems)
    {
        foreach (EffectiveSettings listener in settings.Items(MemcachedProxySettings.Listeners))
        {
            if (ServerCertificate.Of(
                listener, MemcachedListenerSettings.Certificate, _process.Time, problems) is { } certificate)
            {
                _certificates[listener.Name] = certificate;
            }
        }
    }

    private MemcachedProxyOptions OptionsOf(EffectiveSettings settings) =>
        MemcachedOptions.From(settings, CertificateOf);

    // The same function each time: listeners are told from others by it too.
    private Func<SslStreamCertificateContext>? CertificateOf(EffectiveSettings listener)
    {
        if (!_certificates.TryGetValue(listener.Name, out ServerCertificate? certificate))
        {
            return null;
        }

        if (!_shown.TryGetValue(listener.Name, out Func<SslStreamCertificateContext>? shown))
        {
            _shown[listener.Name] = shown = () => certificate.Current;
        }

        return shown;
    }

    private ListenerOptions Running(ListenerOptions wanted) => _options.Listeners.FirstOrDefault(
        listener => listener.Name == wanted.Name && Equals(listener.EndPoint, wanted.EndPoint)) ?? wanted;
}
