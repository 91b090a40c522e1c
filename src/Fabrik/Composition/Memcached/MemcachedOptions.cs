using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Fabrik.Memcached.Configuration;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Fabrik.Settings.Values;

namespace Fabrik.Composition.Memcached;

/// <summary>What the memcached proxy is, out of settings that are right.</summary>
internal static class MemcachedOptions
{
    /// <summary>What the backend is called that is made of a route's own strategy.</summary>
    private const string RoutePrefix = "routes.";

    /// <summary>Maps all of it.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="certificates">Gives the certificate of a listener by its name, or null without TLS.</param>
    public static MemcachedProxyOptions From(
        EffectiveSettings settings, Func<EffectiveSettings, Func<SslStreamCertificateContext>?> certificates)
    {
        MemcachedBackends backends = new(settings);
        IReadOnlyList<EffectiveSettings> routes = settings.Items(MemcachedProxySettings.Routes);
        return new MemcachedProxyOptions
        {
            Listeners =
            [
                .. settings.Items(MemcachedProxySettings.Listeners)
                    .Select(listener => Listener(listener, certificates(listener))),
            ],
            Backends = [.. backends.Named(), .. routes.Where(HasOwn).Select(route => Own(backends, route))],
            Routes = [.. routes.Select(Route)],
            SideEffects = [.. settings.Items(MemcachedProxySettings.SideEffects).Select(MemcachedEffects.Of)],
            Loops = settings.Get(MemcachedProxySettings.Threads) ?? Environment.ProcessorCount,
            Limits = Limits(settings),
            AllowFlushAll = settings.Get(MemcachedProxySettings.AllowFlushAll),
        };
    }

    private static ListenerOptions Listener(
        EffectiveSettings listener, Func<SslStreamCertificateContext>? certificate) => new()
        {
            Name = listener.Name,
            EndPoint = EndPointOf(listener.Get(MemcachedListenerSettings.Bind)),
            Certificate = certificate,
            Credentials = CredentialsOf(listener, MemcachedListenerSettings.User, MemcachedListenerSettings.Password),
        };

    /// <summary>A user with a password; null where none is set.</summary>
    public static MemcachedCredentials? CredentialsOf(
        EffectiveSettings item, Setting<string> user, Setting<string> password) =>
        item.Get(user).Length > 0 ? new MemcachedCredentials(item.Get(user), item.Get(password)) : null;

    private static EndPoint EndPointOf(BindAddress bind) => bind switch
    {
        { UnixPath.Length: > 0 } => new UnixDomainSocketEndPoint(bind.UnixPath),
        { Host: "localhost" } => new IPEndPoint(IPAddress.Loopback, bind.Port),
        { Host: "*" } => new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, bind.Port),
        _ => new IPEndPoint(IPAddress.Parse(bind.Host), bind.Port),
    };

    private static RouteOptions Route(EffectiveSettings route) => new()
    {
        Name = route.Name,
        Matcher = route.Get(MemcachedRouteSettings.Matcher),
        Commands = route.Get(MemcachedRouteSettings.Commands),
        Hint = route.Get(MemcachedRouteSettings.Hint) is { Length: > 0 } hint ? hint : null,
        Backend = HasOwn(route) ? RoutePrefix + route.Name : Only(route),
        SideEffects = route.Get(MemcachedRouteSettings.SideEffects),
        PartialFailure = route.Get(MemcachedRouteSettings.PartialFailure),
        LogFraction = route.Get(MemcachedRouteSettings.LogFraction),
    };

    // To one backend there is only one way, and a pool spreads keys by itself.
    private static bool HasOwn(EffectiveSettings route) =>
        !(route.Get(MemcachedRouteSettings.Kind) is StrategyKind.BlindForward or StrategyKind.ConsistentHash
            && MemcachedRouteSettings.Strategy.Names(route).Count() == 1);

    private static string Only(EffectiveSettings route) => MemcachedRouteSettings.Strategy.Names(route).Single().Name;

    private static StrategyOptions Own(MemcachedBackends backends, EffectiveSettings route) =>
        backends.Strategy(MemcachedRouteRules.PlaceOf(route), RoutePrefix + route.Name);

    private static ClientLimits Limits(EffectiveSettings settings) => new()
    {
        MaxClients = settings.Get(MemcachedProxySettings.MaxClients),
        MaxValueSize = (int)settings.Get(MemcachedProxySettings.MaxValueSize).Bytes,
        MaxPipelineDepth = settings.Get(MemcachedProxySettings.MaxPipelineDepth),
        MaxUnsent = (int)settings.Get(MemcachedProxySettings.MaxUnsent).Bytes,
        IdleTimeout = settings.Get(MemcachedProxySettings.IdleTimeout),
    };
}
