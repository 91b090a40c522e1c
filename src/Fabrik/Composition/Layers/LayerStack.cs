using Fabrik.Cache;
using Fabrik.Cache.Layers;
using Fabrik.Cache.Layers.Writing;
using Fabrik.Cache.Local;
using Fabrik.Cache.Resilience;
using Fabrik.Cache.Resilience.Telemetry;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Microsoft.Extensions.Logging;

namespace Fabrik.Composition.Layers;

/// <summary>
/// The local store with the upstreams of a configuration behind it: guarded tiers, the queue that carries writes to
/// them, and the one tier that front doors see. Without upstreams that tier is the store itself.
/// </summary>
internal sealed class LayerStack : IAsyncDisposable
{
    // A token is renewed every few minutes at most; a look costs a system call.
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(2);

    private readonly LocalStore _store;
    private readonly UpstreamSet _upstreams;
    private readonly UpstreamMetrics? _guards;
    private readonly IReadOnlyList<GuardedTier> _guarded = [];
    private readonly UploadQueue? _queue;
    private readonly LayeredCache? _layers;
    private readonly LayerMetrics? _metrics;
    private readonly ITimer? _refresh;

    /// <summary>Puts the layers together, and begins to carry upward what waited since the last time.</summary>
    public LayerStack(LocalStore store, UpstreamSet upstreams, EffectiveSettings settings, UpstreamWorld world)
    {
        _store = store;
        _upstreams = upstreams;
        ILogger logger = world.Logs.CreateLogger<LayerStack>();
        if (upstreams.Detected is { } detected)
        {
            ServingLog.CiDetected(logger, detected);
        }

        if (upstreams.Items.Count == 0)
        {
            return;
        }

        _guards = new UpstreamMetrics();
        GuardServices services = new(world.Time, _guards, world.Logs.CreateLogger<GuardedTier>());
        _guarded = [.. upstreams.Items.Select(item => new GuardedTier(item.Tier, item.Options, services))];
        Upstream[] behind = [.. _guarded.Zip(upstreams.Items, (tier, item) => new Upstream(tier, item.Options))];
        _queue = behind.Any(upstream => upstream.IsWritten) ? Open(store, behind, settings, world) : null;
        _layers = new LayeredCache(
            new LayerParts
            {
                Local = store,
                Upstreams = behind,
                Queue = _queue,
                Options = new LayerOptions { NegativeTtl = settings.Get(CacheSettings.NegativeTtl) },
            },
            world.Time,
            world.Logs);
        _metrics = new LayerMetrics(_layers, _queue);
        _refresh = world.Time.CreateTimer(_ => RefreshTokens(), null, RefreshInterval, RefreshInterval);
        foreach (ComposedUpstream item in upstreams.Items)
        {
            ServingLog.Upstream(logger, item.Options.Name, DescriptionOf(item.Options));
        }
    }

    /// <summary>What front doors ask.</summary>
    public ICacheTier Cache => _layers is null ? _store : _layers;

    /// <summary>
    /// What limits the layers although they go on; null for nothing. An upstream that is away does not.
    /// </summary>
    public string? Degraded => _queue?.Fault is { } fault ? $"the upload queue takes nothing: {fault}" : null;

    /// <summary>
    /// Lets uploads that were begun end, for as long as the token lasts; what waits stays for the next start.
    /// </summary>
    public Task StopAsync(CancellationToken drained) => _queue?.StopAsync(drained) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_refresh is not null)
        {
            await _refresh.DisposeAsync();
        }

        _metrics?.Dispose();
        if (_layers is not null)
        {
            await _layers.DisposeAsync();
        }

        if (_queue is not null)
        {
            await _queue.DisposeAsync();
        }

        foreach (GuardedTier tier in _guarded)
        {
            await tier.DisposeAsync();
        }

        await _upstreams.DisposeAsync();
        _guards?.Dispose();
    }

    private void RefreshTokens()
    {
        foreach ((GuardedTier tier, ComposedUpstream item) in _guarded.Zip(_upstreams.Items))
        {
            if (item.Token.Refresh())
            {
                tier.CredentialsChanged();
            }
        }
    }

    private static UploadQueue Open(
        LocalStore store, IReadOnlyList<Upstream> upstreams, EffectiveSettings settings, UpstreamWorld world) =>
        UploadQueue.Open(
            new UploadQueueOptions
            {
                Directory = Path.Join(settings.Get(CacheSettings.Directory), "queue"),
                Local = store,
                Upstreams = upstreams,
                Durability = settings.Get(CacheSettings.Durability),
                HoldLimit = settings.Get(CacheSettings.MaxSize).Bytes / 4,
                HoldTime = settings.Get(CacheSettings.Lease),
            },
            world.Time,
            world.Logs,
            new Random());

    private static string DescriptionOf(UpstreamOptions options) => (options.ReadOnly, options.WriteOnly) switch
    {
        (true, _) => "read only",
        (_, true) => $"written only ({options.WriteThrough})",
        _ when options.WriteThrough == WriteThrough.Off => "read only",
        _ => $"read and written ({options.WriteThrough})",
    };
}
