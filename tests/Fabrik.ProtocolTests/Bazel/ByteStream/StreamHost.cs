using Fabrik.Cache;
using Fabrik.Cache.Local;
using Fabrik.ProtocolTests.Rpc;
using Fabrik.ProtocolTests.Serving;
using Fabrik.Server;
using Fabrik.Server.Adapters.Bazel;
using Fabrik.Server.Adapters.Bazel.ByteStream;
using Fabrik.Server.Rpc;
using Fabrik.Testing;
using Fabrik.Upstreams.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.ProtocolTests.Bazel.ByteStream;

/// <summary>A real Kestrel with ByteStream on a free port of loopback.</summary>
internal sealed class StreamHost : IAsyncDisposable
{
    public const long MaxBlob = 64 * 1024 * 1024;

    private readonly WebApplication _app;
    private readonly ServerMetrics _metrics = new();
    private readonly List<GrpcChannel> _channels = [];
    private readonly LocalStore? _store;
    private readonly CancellationTokenSource _draining = new();

    private StreamHost(LocalStore? store, int maxRequests)
    {
        _store = store;
        _app = LoopbackServer.Build(maxRequests);
        Gate = new RequestGate(maxRequests, Clock);
        _app.UseRouting();
        var services = new ServerServices
        {
            Cache = (ICacheTier?)store ?? Tier,
            Authenticator = Authenticator,
            Options = new ServerOptions { MaxArtifactSize = MaxBlob },
            Time = Clock,
            Logs = NullLoggerFactory.Instance,
            Metrics = _metrics,
            Gate = Gate,
            Draining = _draining.Token,
        };
        var door = RpcDoor.Guarded(services, BlobSpace.Tool);
        _app.MapRpc(new ByteStreamService(services, door, new BlobSpace(services)).Define(), door);
        _app.MapRpcFallback();
    }

    public TestClock Clock { get; } = new();

    public RequestGate Gate { get; }

    public MemoryTier Tier { get; } = new();

    public TestAuthenticator Authenticator { get; } = new() { Open = true };

    /// <summary>What the store has, where there is one.</summary>
    public long StoredEntries => _store!.Statistics.Entries;

    /// <summary>Starts a server over a tier in memory, or over a real store in a folder.</summary>
    public static async Task<StreamHost> StartAsync(string? storeFolder = null, int maxRequests = 256)
    {
        var store = await LoopbackServer.OpenStoreAsync(storeFolder);

        var host = new StreamHost(store, maxRequests);
        await host._app.StartAsync();
        return host;
    }

    /// <summary>A client, with a connection of its own.</summary>
    public StreamClient Connect(string? token = null)
    {
        var channel = GrpcChannel.ForAddress(new Uri(_app.Urls.Single()));
        _channels.Add(channel);
        return new StreamClient(channel.CreateCallInvoker(), token);
    }

    /// <summary>Puts a blob there, without a call.</summary>
    public void Set(Blob blob, string tenant = "") => Tier.Set(
        BlobSpace.IdOf(Fabrik.Server.Auth.CachePrincipal.Anonymous with { Tenant = tenant }, blob.Digest),
        blob.Bytes,
        new() { Tool = BlobSpace.Tool });

    /// <summary>The server begins to end.</summary>
    public Task DrainAsync() => _draining.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await _draining.CancelAsync();
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }

        await _app.DisposeAsync();
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        _metrics.Dispose();
        _draining.Dispose();
    }
}
