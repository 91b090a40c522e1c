using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Fabrik.ProtocolTests.S3.Door;

/// <summary>ETags as S3 makes them, without quotes.</summary>
[SuppressMessage("Security", "CA5351", Justification = "MD5 is what S3 calls an ETag, no protection.")]
internal static class Tags
{
    /// <summary>Of an object that came in one piece.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));

    /// <summary>Of an object that came in parts of one size.</summary>
    public static string OfParts(byte[] bytes, int partSize)
    {
        byte[] digests = [.. bytes.Chunk(partSize).SelectMany(MD5.HashData)];
        return $"{Of(digests)}-{digests.Length / MD5.HashSizeInBytes}";
    }
}
