using Fabrik.Cache;
using Fabrik.Cache.Layers;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Fabrik.Upstreams.Ci;
using Fabrik.Upstreams.GitHubActions;
using Fabrik.Upstreams.Objects;

namespace Fabrik.Composition.Layers;

/// <summary>The upstreams of a configuration, in its order. Making them asks nothing of anybody.</summary>
internal sealed class UpstreamSet : IAsyncDisposable
{
    private readonly ObjectMetrics _metrics = new();
    private readonly List<ComposedUpstream> _items = [];

    private UpstreamSet()
    {
    }

    /// <summary>The upstreams.</summary>
    public IReadOnlyList<ComposedUpstream> Items => _items;

    /// <summary>What was found of a CI service, as a sentence; null where this is none.</summary>
    public string? Detected { get; private set; }

    /// <summary>No upstreams, whatever a configuration says.</summary>
    public static UpstreamSet None() => new();

    /// <summary>
    /// Makes the upstreams; those that cannot be made are left out after their problem was added to
    /// <paramref name="problems"/>.
    /// </summary>
    public static UpstreamSet Of(EffectiveSettings settings, UpstreamWorld world, List<string> problems)
    {
        UpstreamSet set = new();
        foreach (EffectiveSettings item in settings.Items(UpstreamSettings.Section))
        {
            set.Add(settings, item, world, problems);
        }

        if (settings.Get(CacheSettings.DetectCi))
        {
            set.Detect(world);
        }

        return set;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ComposedUpstream item in _items)
        {
            await item.Tier.DisposeAsync();
        }

        _metrics.Dispose();
    }

    private void Add(EffectiveSettings settings, EffectiveSettings item, UpstreamWorld world, List<string> problems)
    {
        int before = problems.Count;
        UpstreamOptions options = OptionsOf(settings, item);
        UpstreamToken token = UpstreamToken.Of(settings, item, problems);
        UpstreamFactory factory = new(item, token, _metrics, world);
        if (problems.Count == before && factory.Create(problems) is { } tier)
        {
            _items.Add(new ComposedUpstream(tier, options, token));
        }
    }

    // Only where nobody has said what is behind the store: a configuration is not second-guessed.
    private void Detect(UpstreamWorld world)
    {
        if (CiDetection.Detect(world.Environment.Find) is not { } ci)
        {
            return;
        }

        Detected = ci.Summary;
        if (ci.GitHub is { } github && _items.Count == 0)
        {
            ICacheTier tier = GitHubUpstream.Create(github with { Time = world.Time }, _metrics, world.Time);
            _items.Add(new ComposedUpstream(
                tier,
                new UpstreamOptions
                {
                    Name = "github-actions",
                    ReadOnly = !github.MayWrite,
                    WriteOnly = !github.MayRead,
                    Permanent = true,
                },
                UpstreamToken.None));
        }
    }

    private static UpstreamOptions OptionsOf(EffectiveSettings settings, EffectiveSettings item)
    {
        bool isBackend = settings.Get(CacheSettings.StorageBackend) == StorageBackend.S3
            && item == settings.Items(UpstreamSettings.Section).FirstOrDefault(UpstreamRules.IsWritableBucket);
        return new UpstreamOptions
        {
            Name = UpstreamRules.NameOf(item),
            ReadOnly = item.Get(UpstreamSettings.ReadOnly),
            WriteOnly = item.Get(UpstreamSettings.WriteOnly),
            Permanent = item.Get(UpstreamSettings.Permanent),
            WriteThrough = isBackend ? WriteThrough.Sync : item.Get(UpstreamSettings.WriteThrough),
            Workers = item.Get(UpstreamSettings.Workers),
            QueueLimit = item.Get(UpstreamSettings.QueueLimit),
            QueueMaxAge = item.Get(UpstreamSettings.QueueMaxAge),
            Timeout = item.Get(UpstreamSettings.Timeout),
            AnswerTimeout = item.Get(UpstreamSettings.AnswerTimeout),
            MaxLatency = item.Get(UpstreamSettings.MaxLatency),
            MinRate = item.Get(UpstreamSettings.MinRate).Bytes,
            Retries = item.Get(UpstreamSettings.Retries),
            Hedge = item.Get(UpstreamSettings.Hedge),
        };
    }
}
