using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Local.Index;

/// <summary>The part of an entry's record that has a fixed length.</summary>
/// <param name="Place">Where the content lies.</param>
/// <param name="CreatedAt">When it was stored, Unix milliseconds.</param>
/// <param name="ExpiresAt">When it expires, Unix milliseconds; 0 for never.</param>
internal readonly record struct EntryHead(BlobPlace Place, long CreatedAt, long ExpiresAt)
{
    /// <summary>Bytes of it.</summary>
    public const int Length = BlobPlace.Length + 8 + 8;

    public bool IsExpired(long now) => ExpiresAt != 0 && ExpiresAt <= now;

    public ArtifactInfo ToInfo(ArtifactId id, ArtifactMetadata metadata, AccessRecord access = default) => new()
    {
        Id = id,
        Digest = Place.Digest,
        Size = Place.Size,
        Metadata = metadata,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
        ExpiresAt = ExpiresAt == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(ExpiresAt),
        LastAccessedAt = LastReadAt(access) is { } read ? DateTimeOffset.FromUnixTimeMilliseconds(read) : null,
        AccessCount = access.Frequency,
    };

    /// <summary>Reads it; false when the content has a form that is not known.</summary>
    public static bool TryRead(ref RecordReader reader, out EntryHead head)
    {
        var isKnown = BlobPlace.TryRead(ref reader, out var place);
        head = new EntryHead(place, reader.I64(), reader.I64());
        return isKnown && !reader.HasFailed;
    }

    /// <summary>
    /// An access that is not after the writing, and was not counted, is the writing itself. Whole seconds are kept.
    /// </summary>
    private long? LastReadAt(AccessRecord access) => access.Frequency > 0 || access.LastAccess > CreatedAt / 1000
        ? Math.Max(CreatedAt, access.LastAccess * 1000L)
        : null;

    public void Write(RecordWriter writer)
    {
        Place.Write(writer);
        writer.I64(CreatedAt);
        writer.I64(ExpiresAt);
    }
}
