using System.Diagnostics.Metrics;
using Fabrik.Cache;
using Fabrik.Cache.Layers;
using Fabrik.Cache.Local;
using Fabrik.ProtocolTests.Rpc;
using Fabrik.ProtocolTests.Serving;
using Fabrik.Server;
using Fabrik.Server.Adapters.Bazel;
using Fabrik.Server.Adapters.Bazel.Explain;
using Fabrik.Server.Auth;
using Fabrik.Server.Rpc;
using Fabrik.Testing;
using Fabrik.Upstreams.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.ProtocolTests.Bazel;

/// <summary>A real Kestrel with the services of the Remote Execution API on a free port of loopback.</summary>
internal sealed class RemoteHost : IAsyncDisposable
{
    public const long MaxBlob = 64 * 1024 * 1024;

    private readonly WebApplication _app;
    private readonly MeterListener _listener = new();
    private readonly ServerMetrics _metrics;
    private readonly List<GrpcChannel> _channels = [];
    private readonly LocalStore? _store;
    private readonly LayeredCache? _layers;
    private int _incomplete;

    private RemoteHost(LocalStore? store, ICacheTier? behind)
    {
        _store = store;
        _layers = behind is null ? null : Stack(behind);
        _metrics = MakeMetrics();
        _app = LoopbackServer.Build();
        _app.UseRouting();
        Asked = new AskedTier((ICacheTier?)store ?? (ICacheTier?)_layers ?? Tier);
        Actions = new ActionJournal(Clock);
        var services = new ServerServices
        {
            Cache = Asked,
            Authenticator = Authenticator,
            Options = new ServerOptions { MaxArtifactSize = MaxBlob },
            Time = Clock,
            Logs = NullLoggerFactory.Instance,
            Metrics = _metrics,
            Gate = new RequestGate(256, Clock),
            Actions = Actions,
        };
        BazelAdapter.MapRpc(_app, services);
        Explainer = new ActionExplainer(services);
        _app.MapRpcFallback();
    }

    public TestClock Clock { get; } = new();

    /// <summary>What the server asks, unless it has a real store.</summary>
    public MemoryTier Tier { get; } = new();

    /// <summary>What it was asked, with either.</summary>
    public AskedTier Asked { get; }

    /// <summary>What the server writes down of questions for results.</summary>
    public ActionJournal Actions { get; }

    /// <summary>What reads it.</summary>
    public ActionExplainer Explainer { get; }

    public TestAuthenticator Authenticator { get; } = new() { Open = true };

    /// <summary>How many results were found and not served.</summary>
    public int Incomplete => Volatile.Read(ref _incomplete);

    /// <summary>Starts a server over a tier in memory, or over a real store in a folder.</summary>
    public static async Task<RemoteHost> StartAsync(string? storeFolder = null)
    {
        var store = await LoopbackServer.OpenStoreAsync(storeFolder);

        return await StartAsync(new RemoteHost(store, null));
    }

    /// <summary>Starts a server over a tier in memory that has another one behind it.</summary>
    public static Task<RemoteHost> StartBeforeAsync(ICacheTier behind) => StartAsync(new RemoteHost(null, behind));

    /// <summary>A client with a connection of its own.</summary>
    public RemoteClient Connect(string? token = null)
    {
        // As large as the server's: what is sent beyond 4 MiB was asked for.
        var channel = GrpcChannel.ForAddress(
            new Uri(_app.Urls.Single()), new GrpcChannelOptions { MaxReceiveMessageSize = BlobLimit.Message });
        _channels.Add(channel);
        return new RemoteClient(channel.CreateCallInvoker(), token);
    }

    /// <summary>Puts a blob there without a call.</summary>
    public void Set(TestBlob blob) => Tier.Set(
        BlobSpace.IdOf(CachePrincipal.Anonymous, blob.Digest), blob.Bytes, new() { Tool = BlobSpace.Tool });

    /// <summary>Takes a blob away.</summary>
    public async Task EvictAsync(TestBlob blob)
    {
        var id = BlobSpace.IdOf(CachePrincipal.Anonymous, blob.Digest);
        await Asked.DeleteAsync(id, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }

        await _app.DisposeAsync();
        if (_layers is not null)
        {
            await _layers.DisposeAsync();
        }

        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        _listener.Dispose();
        _metrics.Dispose();
    }

    private static async Task<RemoteHost> StartAsync(RemoteHost host)
    {
        await host._app.StartAsync();
        return host;
    }

    private LayeredCache Stack(ICacheTier behind) => new(
        new LayerParts
        {
            Local = Tier,
            Upstreams = [new Upstream(behind, new UpstreamOptions { Name = "behind", ReadOnly = true })],
        },
        Clock,
        NullLoggerFactory.Instance);

    // Instruments are published by the thread that makes them: so those of other tests are told apart.
    private ServerMetrics MakeMetrics()
    {
        int? maker = null;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (maker == Environment.CurrentManagedThreadId && instrument.Name == "fabrik_bazel_incomplete_results")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _incomplete, (int)count));
        _listener.Start();
        maker = Environment.CurrentManagedThreadId;
        var metrics = new ServerMetrics();
        maker = null;
        return metrics;
    }
}
