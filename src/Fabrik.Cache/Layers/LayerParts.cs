using Fabrik.Cache.Layers.Writing;

namespace Fabrik.Cache.Layers;

/// <summary>
/// What a <see cref="LayeredCache"/> is made of; whoever composed the parts disposes of them, after it.
/// </summary>
public sealed record LayerParts
{
    /// <summary>The tier that answers first, and keeps what the others had.</summary>
    public required ICacheTier Local { get; init; }

    /// <summary>The tiers behind it, in the order in which they are asked.</summary>
    public required IReadOnlyList<Upstream> Upstreams { get; init; }

    /// <summary>Limits.</summary>
    public LayerOptions Options { get; init; } = new();

    /// <summary>What carries writes upward; none where no upstream is written to.</summary>
    public UploadQueue? Queue
    {
        get => Uploads as UploadQueue;
        init => Uploads = value;
    }

    /// <summary>What is told of writes: the queue, or what a test puts in its place.</summary>
    internal IUploads? Uploads { get; init; }
}
