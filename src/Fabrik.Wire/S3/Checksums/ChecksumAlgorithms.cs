namespace Fabrik.Wire.S3.Checksums;

/// <summary>The checksums that S3 knows of an object; several can be asked for at once.</summary>
[Flags]
public enum ChecksumAlgorithms
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>CRC-32 (ISO-HDLC): <c>x-amz-checksum-crc32</c>.</summary>
    Crc32 = 1,

    /// <summary>CRC-32C (Castagnoli): <c>x-amz-checksum-crc32c</c>.</summary>
    Crc32C = 2,

    /// <summary>CRC-64/NVME: <c>x-amz-checksum-crc64nvme</c>.</summary>
    Crc64Nvme = 4,

    /// <summary>SHA-1: <c>x-amz-checksum-sha1</c>.</summary>
    Sha1 = 8,

    /// <summary>SHA-256: <c>x-amz-checksum-sha256</c>, or in hex <c>x-amz-content-sha256</c>.</summary>
    Sha256 = 16,

    /// <summary>MD5: <c>Content-MD5</c>, and the ETag.</summary>
    Md5 = 32,
}

/// <summary>Names of checksums, as headers, trailers and documents have them.</summary>
public static class ChecksumNames
{
    /// <summary>The start of every checksum header.</summary>
    public const string HeaderPrefix = "x-amz-checksum-";

    /// <summary>The algorithms one by one, in the order of their values.</summary>
    public static IReadOnlyList<ChecksumAlgorithms> All { get; } =
    [
        ChecksumAlgorithms.Crc32,
        ChecksumAlgorithms.Crc32C,
        ChecksumAlgorithms.Crc64Nvme,
        ChecksumAlgorithms.Sha1,
        ChecksumAlgorithms.Sha256,
        ChecksumAlgorithms.Md5,
    ];

    /// <summary>The header or trailer that carries a checksum in base64.</summary>
    /// <param name="algorithm">One algorithm.</param>
    public static string HeaderOf(ChecksumAlgorithms algorithm) => algorithm switch
    {
        ChecksumAlgorithms.Crc32 => "x-amz-checksum-crc32",
        ChecksumAlgorithms.Crc32C => "x-amz-checksum-crc32c",
        ChecksumAlgorithms.Crc64Nvme => "x-amz-checksum-crc64nvme",
        ChecksumAlgorithms.Sha1 => "x-amz-checksum-sha1",
        ChecksumAlgorithms.Sha256 => "x-amz-checksum-sha256",
        ChecksumAlgorithms.Md5 => "content-md5",
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "expected one algorithm"),
    };

    /// <summary>The algorithm of a header or trailer; None if it carries no checksum.</summary>
    /// <param name="name">The name; case does not matter.</param>
    public static ChecksumAlgorithms OfHeader(string name)
    {
        foreach (var algorithm in All)
        {
            if (name.Equals(HeaderOf(algorithm), StringComparison.OrdinalIgnoreCase))
            {
                return algorithm;
            }
        }

        return ChecksumAlgorithms.None;
    }

    /// <summary>
    /// The algorithm that <c>x-amz-sdk-checksum-algorithm</c> or <c>x-amz-checksum-algorithm</c> names, as
    /// <c>CRC64NVME</c>; None if it is not one of S3's.
    /// </summary>
    public static ChecksumAlgorithms OfName(ReadOnlySpan<char> name) =>
        name.Equals("CRC32", StringComparison.OrdinalIgnoreCase) ? ChecksumAlgorithms.Crc32
        : name.Equals("CRC32C", StringComparison.OrdinalIgnoreCase) ? ChecksumAlgorithms.Crc32C
        : name.Equals("CRC64NVME", StringComparison.OrdinalIgnoreCase) ? ChecksumAlgorithms.Crc64Nvme
        : name.Equals("SHA1", StringComparison.OrdinalIgnoreCase) ? ChecksumAlgorithms.Sha1
        : name.Equals("SHA256", StringComparison.OrdinalIgnoreCase) ? ChecksumAlgorithms.Sha256
        : ChecksumAlgorithms.None;

    /// <summary>The element that carries a checksum in documents, as <c>ChecksumCRC32</c>.</summary>
    /// <param name="algorithm">One algorithm, not MD5.</param>
    public static string ElementOf(ChecksumAlgorithms algorithm) => algorithm switch
    {
        ChecksumAlgorithms.Crc32 => "ChecksumCRC32",
        ChecksumAlgorithms.Crc32C => "ChecksumCRC32C",
        ChecksumAlgorithms.Crc64Nvme => "ChecksumCRC64NVME",
        ChecksumAlgorithms.Sha1 => "ChecksumSHA1",
        ChecksumAlgorithms.Sha256 => "ChecksumSHA256",
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "expected one algorithm but MD5"),
    };

    /// <summary>The algorithm of an element in a document; None if it carries no checksum.</summary>
    public static ChecksumAlgorithms OfElement(string name) =>
        name.StartsWith("Checksum", StringComparison.Ordinal)
            ? OfName(name.AsSpan("Checksum".Length)) : ChecksumAlgorithms.None;

    /// <summary>Bytes of a checksum.</summary>
    /// <param name="algorithm">One algorithm.</param>
    public static int LengthOf(ChecksumAlgorithms algorithm) => algorithm switch
    {
        ChecksumAlgorithms.Crc32 or ChecksumAlgorithms.Crc32C => 4,
        ChecksumAlgorithms.Crc64Nvme => 8,
        ChecksumAlgorithms.Md5 => 16,
        ChecksumAlgorithms.Sha1 => 20,
        ChecksumAlgorithms.Sha256 => 32,
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "expected one algorithm"),
    };
}
