namespace Fabrik.Cache.Artifacts;

/// <summary>What a tier knows of an entry.</summary>
public sealed record ArtifactInfo
{
    // UTC ticks, 0 for none: every hit makes one of these, and a DateTimeOffset? takes three times the memory.
    private readonly long _createdAt;
    private readonly long _expiresAt;
    private readonly long _lastAccessedAt;

    /// <summary>The entry's id.</summary>
    public required ArtifactId Id { get; init; }

    /// <summary>SHA-256 of the bytes as the tool sent them.</summary>
    public required ContentDigest Digest { get; init; }

    /// <summary>Bytes, as the tool sent them (not as they lie on disk).</summary>
    public required long Size { get; init; }

    /// <summary>What the tool said of it.</summary>
    public required ArtifactMetadata Metadata { get; init; }

    /// <summary>When it was stored here.</summary>
    public required DateTimeOffset CreatedAt
    {
        get => new(_createdAt, TimeSpan.Zero);
        init => _createdAt = value.UtcTicks;
    }

    /// <summary>When it stops being served, or <see langword="null"/> for never.</summary>
    public DateTimeOffset? ExpiresAt
    {
        get => ToMoment(_expiresAt);
        init => _expiresAt = value?.UtcTicks ?? 0;
    }

    /// <summary>
    /// When it was last read, to the accuracy of the access journal; <see langword="null"/> if unknown.
    /// </summary>
    public DateTimeOffset? LastAccessedAt
    {
        get => ToMoment(_lastAccessedAt);
        init => _lastAccessedAt = value?.UtcTicks ?? 0;
    }

    /// <summary>How often it was read, approximately and decaying; 0 if unknown.</summary>
    public long AccessCount { get; init; }

    private static DateTimeOffset? ToMoment(long ticks) => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
}
