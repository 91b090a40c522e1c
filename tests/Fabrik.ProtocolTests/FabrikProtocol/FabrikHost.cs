using System.Collections.Concurrent;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local;
using Fabrik.ProtocolTests.Rpc;
using Fabrik.ProtocolTests.Serving;
using Fabrik.Server;
using Fabrik.Server.Adapters.FabrikProtocol;
using Fabrik.Server.Rpc;
using Fabrik.Testing;
using Fabrik.Upstreams.FabrikServer;
using Fabrik.Upstreams.Rpc;
using Fabrik.Wire.Grpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.ProtocolTests.FabrikProtocol;

/// <summary>A real Kestrel that speaks the Fabrik protocol on a free port of loopback, and tiers that ask it.</summary>
internal sealed class FabrikHost : IAsyncDisposable
{
    public const long MaxArtifactSize = 64 * 1024 * 1024;

    private readonly WebApplication _app;
    private readonly ServerMetrics _metrics = new();
    private readonly List<IAsyncDisposable> _clients = [];
    private readonly LocalStore? _store;

    private FabrikHost(LocalStore? store, Action<WebApplication, ServerServices> map)
    {
        _store = store;
        _app = LoopbackServer.Build();
        Gate = new RequestGate(256, Clock);
        _app.Use((http, next) =>
        {
            var path = http.Request.Path.Value!;
            Requests.Enqueue(path);
            if (Missing.Contains(path))
            {
                http.Request.Path = "/of/nobody";
            }

            return next(http);
        });
        _app.UseRouting();
        map(_app, new ServerServices
        {
            Cache = (ICacheTier?)store ?? Tier,
            Authenticator = Authenticator,
            Options = new ServerOptions { MaxArtifactSize = MaxArtifactSize },
            Time = Clock,
            Logs = NullLoggerFactory.Instance,
            Metrics = _metrics,
            Gate = Gate,
            Version = "1.2.3",
            Statistics = store is null ? null : () => store.Statistics,
        });
        _app.MapRpcFallback();
    }

    public TestClock Clock { get; } = new();

    public RequestGate Gate { get; }

    public MemoryTier Tier { get; } = new();

    public TestAuthenticator Authenticator { get; } = new() { Open = true };

    /// <summary>The paths that were asked for, in their order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Paths of methods that this server does not have.</summary>
    public HashSet<string> Missing { get; } = new(StringComparer.Ordinal);

    public Uri Address => new(_app.Urls.Single().Replace("http://", "grpc://", StringComparison.Ordinal));

    /// <summary>Starts a server over a tier in memory, or over a real store in a folder.</summary>
    public static async Task<FabrikHost> StartAsync(string? storeFolder = null)
    {
        var store = await LoopbackServer.OpenStoreAsync(storeFolder);

        return await StartAsync(new FabrikHost(store, static (app, services) =>
            FabrikProtocolAdapter.Map(app, services)));
    }

    /// <summary>Starts a server that says what a test wants it to say.</summary>
    public static Task<FabrikHost> StartAsync(ServerServiceDefinition service) =>
        StartAsync(new FabrikHost(null, (app, services) => app.MapRpc(service, RpcDoor.Public(services, "test"))));

    /// <summary>A tier that asks this server.</summary>
    public FabrikServerTier Connect(string? token = null, int? chunkSize = null)
    {
        var options = new FabrikServerOptions { Name = "layer2", Address = Address, Token = () => token };
        var tier = FabrikServerTier.Create(options with { ChunkSize = chunkSize ?? options.ChunkSize });
        _clients.Add(tier);
        return tier;
    }

    /// <summary>A tier that leaves it to its reader to check digests.</summary>
    public FabrikServerTier ConnectUnchecked()
    {
        var tier = FabrikServerTier.Create(new FabrikServerOptions
        {
            Name = "layer2",
            Address = Address,
            ChecksDigests = false,
        });
        _clients.Add(tier);
        return tier;
    }

    /// <summary>Calls of any kind.</summary>
    public CallInvoker ConnectRaw()
    {
        var channel = GrpcChannel.ForAddress(new Uri(_app.Urls.Single()));
        _clients.Add(new Closing(channel));
        return channel.CreateCallInvoker();
    }

    /// <summary>The id under which the server keeps what a client calls <paramref name="id"/>.</summary>
    public static ArtifactId Kept(ArtifactId id, string tenant = "", string scope = "") =>
        new ArtifactKey(tenant, scope, "fabrik", id.ToString()).ToId();

    /// <summary>Listens no more; its clients are left as they are.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await _app.DisposeAsync();
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        _metrics.Dispose();
    }

    private static async Task<FabrikHost> StartAsync(FabrikHost host)
    {
        await host._app.StartAsync();
        return host;
    }

    private sealed class Closing(GrpcChannel channel) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            channel.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
