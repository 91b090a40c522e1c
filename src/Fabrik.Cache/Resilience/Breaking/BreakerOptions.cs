using Fabrik.Cache.Layers;

namespace Fabrik.Cache.Resilience.Breaking;

/// <summary>What a breaker is made with.</summary>
internal sealed record BreakerOptions
{
    /// <summary>Whose breaker it is, for messages.</summary>
    public required string Name { get; init; }

    /// <summary>Failures in a row that open it.</summary>
    public required int Failures { get; init; }

    /// <summary>How long it is open at first.</summary>
    public required TimeSpan Pause { get; init; }

    /// <summary>
    /// How long a probe keeps others from probing. Longer than any read lasts, so that probes are exclusive; an upload
    /// that is one may go on for hours, and must not keep reads away for so long.
    /// </summary>
    public required TimeSpan ProbeLease { get; init; }

    /// <summary>What the settings of an upstream say.</summary>
    public static BreakerOptions Of(UpstreamOptions options) => new()
    {
        Name = options.Name,
        Failures = Math.Max(1, options.BreakerFailures),
        Pause = options.BreakerPause,
        ProbeLease = options.AnswerTimeout * 2,
    };
}
