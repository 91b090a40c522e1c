namespace Fabrik.Wire.S3.Chunked;

/// <summary>What is wrong with an aws-chunked payload.</summary>
public enum AwsChunkedFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The framing cannot be read: a chunk's head, its line end, or a trailer.</summary>
    Malformed,

    /// <summary>A chunk's head, or all trailers together, are longer than they may be.</summary>
    TooLong,

    /// <summary>It ended before its last chunk or its trailers.</summary>
    Truncated,

    /// <summary>The data are more or fewer bytes than <c>x-amz-decoded-content-length</c> told.</summary>
    LengthMismatch,

    /// <summary>A chunk, or the trailers, are signed by another signature than the key gives.</summary>
    SignatureMismatch,

    /// <summary>A trailer that <c>x-amz-trailer</c> did not announce.</summary>
    UnknownTrailer,

    /// <summary>A trailer that was announced did not come.</summary>
    MissingTrailer,
}

/// <summary>What one step of reading an aws-chunked payload gave.</summary>
public enum AwsChunkedStep
{
    /// <summary>More bytes are needed.</summary>
    NeedMore,

    /// <summary>Data of a chunk.</summary>
    Data,

    /// <summary>The payload is read to its end and all is well.</summary>
    End,

    /// <summary>It is wrong: see <see cref="AwsChunkedDecoder.Fault"/>. Nothing more is read.</summary>
    Fault,
}

/// <summary>How an aws-chunked payload is framed.</summary>
public sealed record AwsChunkedOptions
{
    /// <summary>The chain that chunk signatures are held against; null to verify none.</summary>
    public Signing.ChunkSigner? Signer { get; init; }

    /// <summary>
    /// Whether chunks carry signatures that are not verified: a server that takes any signature has no secret for them.
    /// </summary>
    public bool IgnoresSignatures { get; init; }

    /// <summary>How many bytes of data there are; null if <c>x-amz-decoded-content-length</c> was not sent.</summary>
    public long? DecodedLength { get; init; }

    /// <summary>Whether trailers follow the last chunk: they are signed if chunks are.</summary>
    public bool HasTrailers { get; init; }

    /// <summary>The trailers that <c>x-amz-trailer</c> announced, lower-case; others are refused.</summary>
    public IReadOnlyList<string> TrailerNames { get; init; } = [];

    /// <summary>The longest head of a chunk, in bytes.</summary>
    public int MaxHeadLength { get; init; } = 4096;

    /// <summary>The most bytes of trailers.</summary>
    public int MaxTrailersLength { get; init; } = 8192;

    /// <summary>Whether chunks and trailers carry signatures.</summary>
    internal bool HasSignatures => Signer is not null || IgnoresSignatures;

    /// <summary>Reads the value of <c>x-amz-trailer</c>: names between commas.</summary>
    public static IReadOnlyList<string> ReadTrailerNames(string? header) =>
        header is null
            ? []
            : header.ToLowerInvariant()
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
