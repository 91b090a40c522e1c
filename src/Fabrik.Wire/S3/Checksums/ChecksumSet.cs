using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Fabrik.Wire.S3.Checksums;

/// <summary>
/// Checksums of a payload, taken as its bytes pass. Ask for the results when all have passed. Not safe to share between
/// threads.
/// </summary>
public sealed class ChecksumSet : IDisposable
{
    private readonly IncrementalHash? _md5;
    private readonly IncrementalHash? _sha1;
    private readonly IncrementalHash? _sha256;
    private uint _crc32 = uint.MaxValue;
    private uint _crc32C = uint.MaxValue;
    private ulong _crc64Nvme = ulong.MaxValue;

    /// <summary>Begins.</summary>
    /// <param name="algorithms">What is taken.</param>
    [SuppressMessage("Security", "CA5351", Justification = "MD5 is what S3 calls an ETag, no protection.")]
    [SuppressMessage("Security", "CA5350", Justification = "SHA-1 is one of S3's checksums, no protection.")]
    public ChecksumSet(ChecksumAlgorithms algorithms)
    {
        Algorithms = algorithms;
        _md5 = Has(ChecksumAlgorithms.Md5) ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;
        _sha1 = Has(ChecksumAlgorithms.Sha1) ? IncrementalHash.CreateHash(HashAlgorithmName.SHA1) : null;
        _sha256 = Has(ChecksumAlgorithms.Sha256) ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
    }

    /// <summary>What is taken.</summary>
    public ChecksumAlgorithms Algorithms { get; }

    /// <summary>Takes the next bytes.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        _md5?.AppendData(data);
        _sha1?.AppendData(data);
        _sha256?.AppendData(data);
        if (Has(ChecksumAlgorithms.Crc32))
        {
            _crc32 = (uint)CrcTables.Crc32.Append(_crc32, data);
        }

        if (Has(ChecksumAlgorithms.Crc32C))
        {
            _crc32C = CrcTables.AppendCrc32C(_crc32C, data);
        }

        if (Has(ChecksumAlgorithms.Crc64Nvme))
        {
            _crc64Nvme = CrcTables.Crc64Nvme.Append(_crc64Nvme, data);
        }
    }

    /// <summary>Takes the next bytes.</summary>
    public void Append(in ReadOnlySequence<byte> data)
    {
        foreach (var piece in data)
        {
            Append(piece.Span);
        }
    }

    /// <summary>A checksum of what has passed; more may follow.</summary>
    /// <param name="algorithm">One of <see cref="Algorithms"/>; another one throws.</param>
    /// <param name="checksum">At least <see cref="ChecksumNames.LengthOf"/> bytes; CRCs are big-endian.</param>
    /// <returns>How many bytes it has.</returns>
    public int Get(ChecksumAlgorithms algorithm, Span<byte> checksum)
    {
        if (!Has(algorithm))
        {
            throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, $"only {Algorithms} is taken");
        }

        switch (algorithm)
        {
            case ChecksumAlgorithms.Crc32:
                BinaryPrimitives.WriteUInt32BigEndian(checksum, ~_crc32);
                break;
            case ChecksumAlgorithms.Crc32C:
                BinaryPrimitives.WriteUInt32BigEndian(checksum, ~_crc32C);
                break;
            case ChecksumAlgorithms.Crc64Nvme:
                BinaryPrimitives.WriteUInt64BigEndian(checksum, ~_crc64Nvme);
                break;
            case ChecksumAlgorithms.Md5:
                _md5!.GetCurrentHash(checksum);
                break;
            case ChecksumAlgorithms.Sha1:
                _sha1!.GetCurrentHash(checksum);
                break;
            case ChecksumAlgorithms.Sha256:
                _sha256!.GetCurrentHash(checksum);
                break;
        }

        return ChecksumNames.LengthOf(algorithm);
    }

    /// <summary>A checksum as headers carry it.</summary>
    /// <param name="algorithm">One of <see cref="Algorithms"/>; another one throws.</param>
    public string GetBase64(ChecksumAlgorithms algorithm)
    {
        Span<byte> checksum = stackalloc byte[SHA256.HashSizeInBytes];
        return Convert.ToBase64String(checksum[..Get(algorithm, checksum)]);
    }

    /// <summary>Whether what has passed has this checksum.</summary>
    /// <param name="algorithm">One of <see cref="Algorithms"/>; another one throws.</param>
    /// <param name="base64">The checksum as a header carries it; anything else is no match.</param>
    public bool Matches(ChecksumAlgorithms algorithm, ReadOnlySpan<char> base64)
    {
        Span<byte> actual = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        return TryReadBase64(algorithm, base64, expected, out var length)
            && expected[..length].SequenceEqual(actual[..Get(algorithm, actual)]);
    }

    /// <summary>Whether this can be a checksum: the base64 of as many bytes as it has; else InvalidDigest.</summary>
    /// <param name="algorithm">One algorithm.</param>
    /// <param name="base64">The value of a header.</param>
    public static bool IsWellFormed(ChecksumAlgorithms algorithm, ReadOnlySpan<char> base64)
    {
        Span<byte> checksum = stackalloc byte[SHA256.HashSizeInBytes];
        return TryReadBase64(algorithm, base64, checksum, out _);
    }

    /// <summary>Frees the hashes.</summary>
    public void Dispose()
    {
        _md5?.Dispose();
        _sha1?.Dispose();
        _sha256?.Dispose();
    }

    private static bool TryReadBase64(
        ChecksumAlgorithms algorithm, ReadOnlySpan<char> base64, Span<byte> checksum, out int length) =>
        Convert.TryFromBase64Chars(base64, checksum, out length) && length == ChecksumNames.LengthOf(algorithm);

    private bool Has(ChecksumAlgorithms algorithm) => (Algorithms & algorithm) != ChecksumAlgorithms.None;
}
