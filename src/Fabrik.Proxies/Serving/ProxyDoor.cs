using Fabrik.Proxies.Configuration;
using Fabrik.Proxies.Fetching;
using Fabrik.Proxies.Origins;
using Fabrik.Proxies.Storage;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Proxies.Serving;

/// <summary>
/// A caching proxy: what its listeners hand every request to. Settings are replaced while it runs; what is stored,
/// and what is under way, outlives that.
/// </summary>
/// <remarks>
/// The listener has to hand headers on byte by byte: Kestrel's <c>RequestHeaderEncodingSelector</c> and
/// <c>ResponseHeaderEncodingSelector</c> are to give Latin-1.
/// </remarks>
public sealed class ProxyDoor : IAsyncDisposable
{
    private readonly OriginServices _originServices;
    private readonly ProxyPipeline _pipeline;
    private readonly ProxyServicesState _state;
    private readonly SliceStore _slices;
    private readonly Lock _reloading = new();
    private volatile ProxySnapshot _snapshot;

    /// <summary>Opens a proxy.</summary>
    /// <param name="services">What the process gives it; the store stays the process's.</param>
    /// <param name="options">The settings.</param>
    public ProxyDoor(ProxyServices services, ProxyOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        var (time, metrics) = (services.Time, services.Metrics);
        _originServices = OriginServices.Of(
            time, services.Random, services.Logs.CreateLogger("Fabrik.Proxies.Origins"));
        _slices = new SliceStore(services.Store);
        Budget = new SliceBudget(services.SliceMemory);
        Counters = new FetchCounters();
        var heads = new HeadTable(services.Store, services.HeadsInMemory);
        var flights = new Flights(new FlightServices(_slices, Budget, Counters, time));
        var bodies = new BodyTargets(heads);
        var fetcher = new HeadFetcher(heads, flights, bodies, new GenerationSource(time))
        {
            SliceSize = services.SliceSize,
        };
        var fetches = new HeadFetches(fetcher, time);
        var refresh = new BackgroundRefresh(fetches, services.BackgroundRefreshes);
        _state = new ProxyServicesState(heads, _slices, flights, bodies, fetches, refresh);
        metrics.Observe(Counters, Budget, heads);
        var answers = new ProxyAnswers(metrics, options.CacheName);
        var forwarder = new Forwarder(_state, answers, metrics, time);
        var sender = new VariantSender(_state, answers, metrics, time);
        var reads = new CachedReads(_state, sender, forwarder, answers, metrics)
        {
            Basis = (time, services.SliceSize),
        };
        _pipeline = new ProxyPipeline(
            reads, forwarder, metrics, time, services.Logs.CreateLogger("Fabrik.Proxies"));
        _snapshot = new ProxySnapshot(options, null, _originServices);
        metrics.Observe(() => _snapshot.Buckets.Select(static bucket => bucket.Origin).Distinct());
    }

    /// <summary>What a listener calls for every request.</summary>
    public RequestDelegate Handler => HandleAsync;

    /// <summary>The settings that hold.</summary>
    public ProxyOptions Options => _snapshot.Options;

    internal SliceBudget Budget { get; }

    internal FetchCounters Counters { get; }

    internal ProxyServicesState State => _state;

    internal IReadOnlyList<Bucket> Buckets => _snapshot.Buckets;

    /// <summary>
    /// Replaces the settings at once for all requests to come; those that are being answered end under the old ones.
    /// An origin whose settings are the same keeps its connections and the state of its breakers.
    /// </summary>
    public void Reload(ProxyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        lock (_reloading)
        {
            var before = _snapshot;
            _snapshot = new ProxySnapshot(options, before, _originServices);
            before.Leave();
        }
    }

    /// <summary>
    /// Forgets what is stored under one key: its slices with it, or, softly, by validating it before its next use.
    /// </summary>
    /// <returns>Whether there was anything.</returns>
    public async ValueTask<bool> PurgeAsync(ResourceKey key, bool isSoft, CancellationToken cancellationToken)
    {
        _state.Fetches.ForgetRefusal(key);
        if (await _state.Heads.FindAsync(key, cancellationToken) is not { } head)
        {
            return false;
        }

        if (isSoft)
        {
            _state.Heads.Update(key, static now => now?.Invalid());
            return true;
        }

        _state.Heads.Remove(key);
        foreach (var variant in head.Variants)
        {
            var count = ((variant.Size ?? 0) + variant.SliceSize - 1) / variant.SliceSize;
            await _slices.DropAsync(new BodyKey(key, variant.Generation), count, cancellationToken);
        }

        return true;
    }

    /// <summary>
    /// The keys of a bucket whose heads are in memory. Together with those that the store lists
    /// (<see cref="ResourceKey.ListingOf"/>) they are all there are.
    /// </summary>
    public IEnumerable<ResourceKey> KeysInMemory(string bucket) => _state.Heads.KeysOf(bucket);

    /// <summary>Waits until the heads that were changed before are in the store.</summary>
    public Task FlushAsync() => _state.Heads.FlushAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _state.Refresh.DisposeAsync();
        await _state.Flights.DisposeAsync();
        await _state.Heads.FlushAsync();
        _snapshot.Leave();
    }

    private async Task HandleAsync(HttpContext http)
    {
        ProxySnapshot snapshot;
        do
        {
            snapshot = _snapshot;
        }
        while (!snapshot.TryEnter());

        try
        {
            await _pipeline.HandleAsync(http, snapshot);
        }
        finally
        {
            snapshot.Leave();
        }
    }
}
