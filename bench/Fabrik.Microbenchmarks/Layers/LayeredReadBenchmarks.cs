using BenchmarkDotNet.Attributes;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.Microbenchmarks.Layers;

/// <summary>
/// What the layers add to a read of a tier in memory: to a hit, to a miss that one upstream is asked for, and to a miss
/// that is remembered.
/// </summary>
[MemoryDiagnoser]
[MinColumn]
[MedianColumn]
public class LayeredReadBenchmarks
{
    private static readonly ArtifactId Held = new ArtifactKey("", "", "bench", "held").ToId();
    private static readonly ArtifactId Absent = new ArtifactKey("", "", "bench", "absent").ToId();
    private readonly InMemoryTier _local = new(Held);
    private LayeredCache _layers = null!;
    private LayeredCache _forgetful = null!;

    [GlobalSetup]
    public void Setup()
    {
        _layers = Create(new LayerOptions { NegativeTtl = TimeSpan.FromHours(1) });
        _forgetful = Create(new LayerOptions { NegativeTtl = TimeSpan.Zero });
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _layers.DisposeAsync();
        await _forgetful.DisposeAsync();
    }

    [Benchmark(Baseline = true)]
    public ValueTask<CacheResult<CachedArtifact?>> LocalAlone() => _local.GetAsync(Held, CancellationToken.None);

    [Benchmark]
    public ValueTask<CacheResult<CachedArtifact?>> HitThroughLayers() => _layers.GetAsync(Held, CancellationToken.None);

    [Benchmark]
    public ValueTask<CacheResult<CachedArtifact?>> MissOfOneUpstream() =>
        _forgetful.GetAsync(Absent, CancellationToken.None);

    [Benchmark]
    public ValueTask<CacheResult<CachedArtifact?>> MissThatIsRemembered() =>
        _layers.GetAsync(Absent, CancellationToken.None);

    private LayeredCache Create(LayerOptions options) => new(
        new LayerParts
        {
            Local = _local,
            Upstreams = [new Upstream(new InMemoryTier(null), new UpstreamOptions { Name = "upstream" })],
            Options = options,
        },
        TimeProvider.System,
        NullLoggerFactory.Instance);
}
