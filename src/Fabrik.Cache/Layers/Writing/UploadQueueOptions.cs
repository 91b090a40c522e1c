using Fabrik.Cache.Local;

namespace Fabrik.Cache.Layers.Writing;

/// <summary>What an upload queue is opened with.</summary>
public sealed record UploadQueueOptions
{
    /// <summary>The folder it owns, <c>queue</c> in that of the cache; made when missing.</summary>
    public required string Directory { get; init; }

    /// <summary>The tier whose artifacts are uploaded; it outlives the queue.</summary>
    public required ICacheTier Local { get; init; }

    /// <summary>The upstreams; those that are not written to are left out.</summary>
    public required IReadOnlyList<Upstream> Upstreams { get; init; }

    /// <summary>What an order survives once it is accepted.</summary>
    public DurabilityKind Durability { get; init; }

    /// <summary>
    /// The most bytes that are kept from eviction because they wait for an upstream that does not keep up; 0 for none.
    /// A quarter of the store leaves room for builds.
    /// </summary>
    public long HoldLimit { get; init; }

    /// <summary>How long the local tier keeps what it promised: its lease.</summary>
    public TimeSpan HoldTime { get; init; } = TimeSpan.FromHours(3);

    /// <summary>How long orders for an upstream that is not configured any more are kept.</summary>
    public TimeSpan OrphanTime { get; init; } = TimeSpan.FromDays(7);
}
