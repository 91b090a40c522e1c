using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Resilience;

namespace Fabrik.Cache.Layers;

/// <summary>A tier behind the local store, with what the configuration says of it.</summary>
/// <param name="Tier">The tier, guarded against its own faults; whoever composed it disposes of it.</param>
/// <param name="Options">What may be done with it, and within which limits.</param>
public sealed record Upstream(ICacheTier Tier, UpstreamOptions Options)
{
    /// <summary>
    /// How long an artifact's bytes are expected to take once its description is there, or <see langword="null"/> where
    /// that is not known: what takes longer than building anew is not fetched. A guarded tier knows; without it
    /// everything is fetched.
    /// </summary>
    public Func<ArtifactInfo, TimeSpan?>? Estimate { get; init; } =
        Tier is GuardedTier guarded ? info => guarded.EstimateTransfer(info.Size) : null;

    /// <summary>Whether reads may ask it.</summary>
    public bool IsRead => !Options.WriteOnly;

    /// <summary>Whether writes are carried to it.</summary>
    public bool IsWritten => !Options.ReadOnly && Options.WriteThrough != WriteThrough.Off;
}
