namespace Fabrik.Wire.Bazel;

/// <summary>How the bytes of a blob travel: the API's <c>Compressor</c>s that are served.</summary>
public enum BlobCoding
{
    /// <summary>As they are.</summary>
    Identity,

    /// <summary>As Zstandard frames, RFC 8878.</summary>
    Zstd,
}
