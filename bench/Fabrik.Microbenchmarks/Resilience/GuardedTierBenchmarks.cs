using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Fabrik.Cache;
using Fabrik.Cache.Layers;
using Fabrik.Cache.Resilience;
using Fabrik.Cache.Resilience.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;
using Polly.CircuitBreaker;

namespace Fabrik.Microbenchmarks.Resilience;

/// <summary>
/// What a guard adds to a read that is answered at once, what a read of an upstream that is left alone costs, and what
/// the same refusal costs with Polly's breaker.
/// </summary>
[MemoryDiagnoser]
[MedianColumn]
public class GuardedTierBenchmarks
{
    private readonly UpstreamMetrics _metrics = new();
    private readonly MeterListener _listener = new();
    private readonly ResilienceContext _context = ResilienceContextPool.Shared.Get();
    private InstantTier _bare = null!;
    private GuardedTier _missing = null!;
    private GuardedTier _hitting = null!;
    private GuardedTier _open = null!;
    private ResiliencePipeline<CacheResult<CachedArtifact?>> _polly = null!;

    /// <summary>Whether metrics are collected, as they are where anybody serves them.</summary>
    [Params(false, true)]
    public bool IsListenedTo { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        if (IsListenedTo)
        {
            _listener.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
            _listener.SetMeasurementEventCallback<long>((_, _, _, _) => { });
            _listener.SetMeasurementEventCallback<double>((_, _, _, _) => { });
            _listener.Start();
        }

        _bare = new InstantTier(default(CachedArtifact));
        _missing = Guard(_bare);
        _hitting = Guard(new InstantTier(new InstantArtifact(new byte[1024])));
        _open = Guard(new InstantTier(new CacheError(CacheErrorKind.Io, CacheErrorSource.Upstream, "broken")));
        for (var i = 0; i < 10; i++)
        {
            await _open.GetAsync(default, default);
        }

        CircuitBreakerManualControl isolated = new(isIsolated: true);
        _polly = new ResiliencePipelineBuilder<CacheResult<CachedArtifact?>>()
            .AddCircuitBreaker(new() { ManualControl = isolated })
            .Build();
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _missing.DisposeAsync();
        await _hitting.DisposeAsync();
        await _open.DisposeAsync();
        _metrics.Dispose();
        _listener.Dispose();
    }

    [Benchmark(Baseline = true)]
    public ValueTask<CacheResult<CachedArtifact?>> Bare() => _bare.GetAsync(default, default);

    [Benchmark]
    public ValueTask<CacheResult<CachedArtifact?>> Miss() => _missing.GetAsync(default, default);

    [Benchmark]
    public async ValueTask<int> HitAsync()
    {
        await using var hit = (await _hitting.GetAsync(default, default)).Value!;
        return hit.TryGetMemory(out var bytes) ? bytes.Length : 0;
    }

    [Benchmark]
    public ValueTask<CacheResult<CachedArtifact?>> Open() => _open.GetAsync(default, default);

    /// <summary>Without an exception thrown: the outcome carries it.</summary>
    [Benchmark]
    public ValueTask<Outcome<CacheResult<CachedArtifact?>>> OpenInPolly() => _polly.ExecuteOutcomeAsync(
        static async (_, tier) => Outcome.FromResult(await tier.GetAsync(default, default)), _context, _bare);

    private GuardedTier Guard(InstantTier tier) => new(
        tier,
        new UpstreamOptions { Name = "up", BreakerPause = TimeSpan.FromMinutes(1) },
        new GuardServices(new StandingClock(), _metrics, NullLogger.Instance));

    // An open breaker stays open for the whole run; reading this clock costs what reading the system's does.
    private sealed class StandingClock : TimeProvider
    {
        private readonly long _start = System.GetTimestamp();

        public override long GetTimestamp() => System.GetTimestamp() > 0 ? _start : 0;
    }
}
