namespace Fabrik.Cache.Artifacts;

/// <summary>What a tier knows of an entry.</summary>
public sealed record ArtifactInfo
{
    /// <summary>The entry's id.</summary>
    public required ArtifactId Id { get; init; }

    /// <summary>SHA-256 of the bytes as the tool sent them.</summary>
    public required ContentDigest Digest { get; init; }

    /// <summary>Bytes, as the tool sent them (not as they lie on disk).</summary>
    public required long Size { get; init; }

    /// <summary>What the tool said of it.</summary>
    public required ArtifactMetadata Metadata { get; init; }

    /// <summary>When it was stored here.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it stops being served, or <see langword="null"/> for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>
    /// When it was last read, to the accuracy of the access journal; <see langword="null"/> if unknown.
    /// </summary>
    public DateTimeOffset? LastAccessedAt { get; init; }

    /// <summary>How often it was read, approximately and decaying; 0 if unknown.</summary>
    public long AccessCount { get; init; }
}
