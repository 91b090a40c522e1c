using System.Net;
using System.Net.Security;
using System.Text;
using Fabrik.Server.Adapters.Bazel.Http;
using Fabrik.Server.Transport;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Fabrik.Settings.Values;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fabrik.Composition;

/// <summary>
/// One Kestrel for all listeners, and one for those that hand headers on byte by byte. Each listener has a pipeline of
/// its own, chosen by the connection that a request came in on: no header can lead a request to the routes of another
/// listener.
/// </summary>
internal sealed class WebListeners : IAsyncDisposable
{
    private const int MaxRequestLine = 8 * 1024;
    private const int MaxHeaders = 32 * 1024;
    private const int MaxHeaderCount = 100;

    // What another Fabrik has open on one connection: a client of many threads should not wait for streams.
    private const int MaxStreams = 1000;

    // One stream may fill a fast link, and the connection four of them; a client opens more connections for more.
    private const int StreamWindow = 1024 * 1024;
    private const int ConnectionWindow = 4 * StreamWindow;

    // A peer that is gone without a word is noticed within two of these.
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);

    // Longer than the 60 s or so that proxies and build tools keep a connection for: they close first, so that no
    // request meets a connection that is being closed.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(130);

    // By whether they hand headers on byte by byte.
    private readonly Dictionary<bool, WebApplication> _apps;
    private readonly IReadOnlyList<ListenerRole> _roles;

    private WebListeners(Dictionary<bool, WebApplication> apps, IReadOnlyList<ListenerRole> roles)
    {
        _apps = apps;
        _roles = roles;
    }

    /// <summary>The listeners, in the order of their plans.</summary>
    public IReadOnlyList<ListenerRole> Roles => _roles;

    /// <summary>Builds the listeners; nothing listens yet.</summary>
    public static WebListeners Build(
        IReadOnlyList<ListenerPlan> plans,
        ProcessOptions options,
        IReadOnlyDictionary<CertificateSettings, ServerCertificate> certificates)
    {
        // How the bytes of headers are read is a matter of a whole Kestrel.
        ListenerRole[] roles = [.. plans.Select(plan => new ListenerRole(plan))];
        Dictionary<bool, WebApplication> apps = roles.GroupBy(role => role.Plan.KeepsHeaderBytes)
            .ToDictionary(group => group.Key, group => Build([.. group], group.Key, options, certificates));
        return new WebListeners(apps, roles);
    }

    private static WebApplication Build(
        IReadOnlyList<ListenerRole> roles,
        bool keepsHeaderBytes,
        ProcessOptions options,
        IReadOnlyDictionary<CertificateSettings, ServerCertificate> certificates)
    {
        EffectiveSettings settings = options.Settings;
        MinDataRate? slowest = SlowestClient(settings);

        // The empty builder reads no files and no variables: settings come from one place only.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(options.Logs);
        builder.Services.AddSingleton(options.Time);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, OwnLifetime>();
        builder.WebHost.UseKestrelCore();

        // A buffer for each connection is 4 KiB; asking first whether there is anything to read doubles the system
        // calls.
        builder.WebHost.UseSockets(sockets => sockets.WaitForDataBeforeAllocatingBuffer = false);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Limit(kestrel, settings);
            if (keepsHeaderBytes)
            {
                // Headers that are passed on keep their bytes: one is one character, both ways.
                kestrel.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
                kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
            }

            foreach (ListenerRole role in roles)
            {
                ServerCertificate? certificate =
                    role.Plan.Certificate is { } where ? certificates.GetValueOrDefault(where) : null;
                role.IsSecure = certificate is not null;
                At(kestrel, role, listener =>
                {
                    if (role.Plan.IsRpc)
                    {
                        ListenForRpc(listener, certificate);
                    }
                    else
                    {
                        Listen(listener, certificate, options.Time, slowest);
                    }
                });
            }
        });
        WebApplication app = builder.Build();
        app.UsePlainFraming();
        app.Run(context =>
        {
            ListenerRole role = context.Features.Get<ListenerRole>()!;
            if (role is { IsSecure: true, Plan.IsRpc: false }
                && context.Features.Get<IHttpMinResponseDataRateFeature>() is { } pace)
            {
                // Kestrel's own measure, which is off for what leaves directly.
                pace.MinDataRate = slowest;
            }

            return role.Answer(context);
        });
        return app;
    }

    /// <summary>Gives a listener its routes.</summary>
    public void Route(ListenerRole role, Action<IEndpointRouteBuilder> map)
    {
        IApplicationBuilder branch = ((IApplicationBuilder)_apps[role.Plan.KeepsHeaderBytes]).New();
        if (role.Plan.HasBazelPaths)
        {
            branch.UseBazelInstances();
        }

        branch.UseRouting();
        branch.UseEndpoints(map);
        role.Answer = branch.Build();
    }

    /// <summary>Gives a listener one handler for all of its requests, whatever their path.</summary>
    public static void Route(ListenerRole role, RequestDelegate handler) => role.Answer = handler;

    /// <summary>Begins to listen.</summary>
    /// <exception cref="IOException">An address is taken.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (WebApplication app in _apps.Values)
        {
            await app.StartAsync(cancellationToken);
        }
    }

    /// <summary>Stops listening, and waits for the requests in flight for as long as the token lasts.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(
        _apps.Values.Select(app => app.Services.GetRequiredService<IServer>().StopAsync(cancellationToken)));

    public async ValueTask DisposeAsync()
    {
        foreach (WebApplication app in _apps.Values)
        {
            await app.DisposeAsync();
        }
    }

    // Signals are the command's matter, which drains before it lets go of the store.
    private sealed class OwnLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private static void Limit(KestrelServerOptions kestrel, EffectiveSettings settings)
    {
        kestrel.AddServerHeader = false;
        // The scheme of HTTP/2 is what a client, or a proxy that ends TLS before us, believes it to be: moon says
        // https of localhost where it has a token. Nothing is decided by it.
        kestrel.AllowAlternateSchemes = true;
        // Adapters refuse what is too large, each in its protocol's words.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MaxConcurrentConnections = settings.Get(RuntimeSettings.MaxConnections);
        kestrel.Limits.MaxRequestLineSize = MaxRequestLine;
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaders;
        kestrel.Limits.MaxRequestHeaderCount = MaxHeaderCount;
        kestrel.Limits.KeepAliveTimeout = KeepAlive;
        kestrel.Limits.RequestHeadersTimeout = settings.Get(RuntimeSettings.RequestHeaderTimeout);
        kestrel.Limits.MinRequestBodyDataRate = SlowestClient(settings);
        kestrel.Limits.Http2.MaxStreamsPerConnection = MaxStreams;
        kestrel.Limits.Http2.InitialStreamWindowSize = StreamWindow;
        kestrel.Limits.Http2.InitialConnectionWindowSize = ConnectionWindow;
        kestrel.Limits.Http2.KeepAlivePingDelay = PingDelay;
        kestrel.Limits.Http2.KeepAlivePingTimeout = PingDelay;
        kestrel.Limits.MinResponseDataRate = DirectOutputMiddleware.IsSupported ? null : SlowestClient(settings);
    }

    private static MinDataRate? SlowestClient(EffectiveSettings settings)
    {
        long rate = settings.Get(RuntimeSettings.MinDataRate).Bytes;
        return rate == 0 ? null : new MinDataRate(rate, TimeSpan.FromSeconds(5));
    }

    // What is encrypted passes through memory, and cannot leave directly.
    private static void Listen(
        ListenOptions listener, ServerCertificate? certificate, TimeProvider time, MinDataRate? slowest)
    {
        listener.Protocols = HttpProtocols.Http1;
        if (certificate is null)
        {
            listener.UseDirectOutput(time, slowest);
        }
        else
        {
            listener.UseHttps(certificate.HandshakeFor(SslApplicationProtocol.Http11));
        }
    }

    private static void ListenForRpc(ListenOptions listener, ServerCertificate? certificate)
    {
        listener.Protocols = HttpProtocols.Http2;
        if (certificate is not null)
        {
            listener.UseHttps(certificate.HandshakeFor(SslApplicationProtocol.Http2));
        }
    }

    private static void At(KestrelServerOptions kestrel, ListenerRole role, Action<ListenOptions> configure)
    {
        BindAddress bind = role.Plan.Bind;
        void Options(ListenOptions options)
        {
            role.Options = options;
            options.Use(next => connection =>
            {
                connection.Features.Set(role);
                return next(connection);
            });
            configure(options);
        }

        if (bind.UnixPath.Length > 0)
        {
            kestrel.ListenUnixSocket(bind.UnixPath, Options);
        }
        else
        {
            kestrel.Listen(Address(bind.Host), bind.Port, Options);
        }
    }

    // "localhost" as one address: with port 0, two listeners would get two ports.
    private static IPAddress Address(string host) => host switch
    {
        "*" => IPAddress.IPv6Any,
        "localhost" => IPAddress.Loopback,
        _ => IPAddress.Parse(host),
    };
}
