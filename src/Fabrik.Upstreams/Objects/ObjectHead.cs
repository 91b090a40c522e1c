using Fabrik.Cache.Artifacts;

namespace Fabrik.Upstreams.Objects;

/// <summary>What stands before the content of an object: who it is, and how to check it.</summary>
internal sealed record ObjectHead
{
    /// <summary>Whose content it is, so that an object that lies under another one's key is found out.</summary>
    public required ArtifactId Id { get; init; }

    /// <summary>SHA-256 of the content.</summary>
    public required ContentDigest Digest { get; init; }

    /// <summary>Bytes of the content.</summary>
    public required long Size { get; init; }

    /// <summary>When it was written, to the millisecond, by its writer's clock.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it stops being served, to the millisecond; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What the tool said of it.</summary>
    public required ArtifactMetadata Metadata { get; init; }

    /// <summary>Whether it is served no more.</summary>
    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;

    /// <summary>The same for callers of a tier.</summary>
    public ArtifactInfo ToInfo() => new()
    {
        Id = Id,
        Digest = Digest,
        Size = Size,
        Metadata = Metadata,
        CreatedAt = CreatedAt,
        ExpiresAt = ExpiresAt,
    };
}
