using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache;

/// <summary>What a writer knows of an artifact beforehand, and what it may do.</summary>
public sealed record PutOptions
{
    /// <summary>What the tool said of the artifact; kept and given back unchanged.</summary>
    public required ArtifactMetadata Metadata { get; init; }

    /// <summary>
    /// Asked once, after the body has been read to its end and before the entry is there: what only the bytes tell (an
    /// MD5) becomes part of the metadata. An error stores nothing. <see langword="null"/> keeps
    /// <see cref="Metadata"/>. It is asked by the tier that keeps the entry first, the local one; upstreams are written
    /// from what that one has, and keep <see cref="Metadata"/> as it comes.
    /// </summary>
    public Func<ArtifactMetadata, CacheResult<ArtifactMetadata>>? AtEnd { get; init; }

    /// <summary>The announced size in bytes; another size stores nothing.</summary>
    public long? ExpectedSize { get; init; }

    /// <summary>The announced SHA-256 of the content; another digest stores nothing.</summary>
    public ContentDigest? ExpectedDigest { get; init; }

    /// <summary>
    /// The most bytes this artifact may have; above it the answer is <see cref="CacheErrorKind.TooLarge"/>.
    /// </summary>
    public long MaxSize { get; init; } = long.MaxValue;

    /// <summary>
    /// Whether an existing entry with other content is replaced, or kept (<see cref="PutOutcome.Kept"/>).
    /// </summary>
    public bool Overwrite { get; init; }

    /// <summary>
    /// What must be there for the write to take effect, judged by what readers see under the id, or
    /// <see langword="null"/> for nothing, at the moment when the entry would change: of two writers that expect the
    /// same, one wins. False stores nothing and is answered with <see cref="CacheErrorKind.Conflict"/>. It must be
    /// quick, and may be asked more than once, from any thread. Judged by the tier that keeps entries
    /// first, the local one; upstreams do not look at it.
    /// </summary>
    public Func<ArtifactInfo?, bool>? Expects { get; init; }

    /// <summary>How long the entry lives at most; <see langword="null"/> takes the tier's default.</summary>
    public TimeSpan? TimeToLive { get; init; }
}

/// <summary>What became of a write.</summary>
public enum PutOutcome
{
    /// <summary>The artifact is stored, and survives a crash of the process.</summary>
    Stored,

    /// <summary>The same bytes were there already under this id.</summary>
    Identical,

    /// <summary>Other bytes are there under this id; they stay, because the writer may not overwrite.</summary>
    Kept,
}
