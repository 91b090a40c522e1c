using System.Buffers;

namespace Fabrik.Wire.S3.Signing;

/// <summary>What <c>x-amz-content-sha256</c> says of a payload.</summary>
public enum PayloadKind
{
    /// <summary>Nothing that is known.</summary>
    Unknown,

    /// <summary>The SHA-256 of all of it, in 64 hex digits.</summary>
    Sha256,

    /// <summary>It is not signed.</summary>
    Unsigned,

    /// <summary>aws-chunked, each chunk signed.</summary>
    SignedChunks,

    /// <summary>aws-chunked, each chunk and the trailers signed.</summary>
    SignedChunksWithTrailer,

    /// <summary>aws-chunked, nothing signed, with trailers.</summary>
    UnsignedChunksWithTrailer,

    /// <summary>A form of the asymmetric Signature Version 4A, which is refused.</summary>
    Ecdsa,
}

/// <summary>The values of <c>x-amz-content-sha256</c>: S3 API reference, "Using the Authorization Header".</summary>
public static class Payloads
{
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>The SHA-256 of nothing.</summary>
    public const string Empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// <summary>The payload is not signed.</summary>
    public const string Unsigned = "UNSIGNED-PAYLOAD";

    /// <summary>Signed chunks.</summary>
    public const string SignedChunks = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";

    /// <summary>Signed chunks and signed trailers.</summary>
    public const string SignedChunksWithTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";

    /// <summary>Unsigned chunks with trailers.</summary>
    public const string UnsignedChunksWithTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

    /// <summary>Signed chunks of Signature Version 4A.</summary>
    public const string EcdsaChunks = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD";

    /// <summary>Signed chunks and trailers of Signature Version 4A.</summary>
    public const string EcdsaChunksWithTrailer = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER";

    /// <summary>Tells what a value stands for.</summary>
    public static PayloadKind KindOf(ReadOnlySpan<char> value) => value switch
    {
        Unsigned => PayloadKind.Unsigned,
        SignedChunks => PayloadKind.SignedChunks,
        SignedChunksWithTrailer => PayloadKind.SignedChunksWithTrailer,
        UnsignedChunksWithTrailer => PayloadKind.UnsignedChunksWithTrailer,
        EcdsaChunks or EcdsaChunksWithTrailer => PayloadKind.Ecdsa,
        { Length: 64 } when !value.ContainsAnyExcept(Hex) => PayloadKind.Sha256,
        _ => PayloadKind.Unknown,
    };
}
