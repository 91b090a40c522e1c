namespace Fabrik.Cache.Codec;

/// <summary>How bytes are compressed at rest.</summary>
public enum CompressionKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By zstd (RFC 8878).</summary>
    Zstd,
}
