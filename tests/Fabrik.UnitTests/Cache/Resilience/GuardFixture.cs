using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers;
using Fabrik.Cache.Resilience;
using Fabrik.Cache.Resilience.Telemetry;
using Fabrik.Testing;

namespace Fabrik.UnitTests.Cache.Resilience;

/// <summary>A guard over a scripted tier, on a clock that a test moves.</summary>
internal sealed class GuardFixture : IAsyncDisposable
{
    public static readonly UpstreamOptions Defaults = new()
    {
        Name = "up",
        Hedge = false,
        Retries = 0,
        AnswerTimeout = TimeSpan.FromSeconds(3),
        MaxLatency = TimeSpan.FromHours(1),
    };

    public GuardFixture(UpstreamOptions? options = null)
    {
        Services = new GuardServices(Clock, Metrics, Log) { Random = new Random(1) };
        Tier = new GuardedTier(Inner, options ?? Defaults, Services);
    }

    public TestClock Clock { get; } = new();

    public RecordingLogger Log { get; } = new();

    public UpstreamMetrics Metrics { get; } = new();

    public GuardServices Services { get; }

    public ScriptedTier Inner { get; } = new();

    public GuardedTier Tier { get; }

    public static CacheError Error(CacheErrorKind kind) => new(kind, CacheErrorSource.Upstream, $"scripted {kind}");

    public static TaskCompletionSource<CacheResult<CachedArtifact?>> Pending() => new();

    public ValueTask<CacheResult<CachedArtifact?>> GetAsync(CancellationToken cancellationToken = default) =>
        Tier.GetAsync(default, cancellationToken);

    public async Task<CacheErrorKind?> GetErrorAsync() => (await GetAsync()).Error?.Kind;

    /// <summary>Makes every read fail, and reads until the breaker opens.</summary>
    public async Task OpenAsync(CacheErrorKind kind = CacheErrorKind.Io)
    {
        Inner.OnGet = _ => new(Error(kind));
        for (var i = 0; i < Defaults.BreakerFailures; i++)
        {
            await GetAsync();
        }
    }

    public Task<CacheResult<PutOutcome>> PutAsync(PipeReader body, CancellationToken cancellationToken = default)
    {
        PutOptions options = new() { Metadata = new ArtifactMetadata { Tool = "test" } };
        return Tier.PutAsync(default, body, options, cancellationToken).AsTask();
    }

    public async ValueTask DisposeAsync()
    {
        await Tier.DisposeAsync();
        Metrics.Dispose();
    }
}
