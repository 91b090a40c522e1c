using System.Text;
using Fabrik.Wire.S3.Checksums;

namespace Fabrik.Fuzz.Targets;

/// <summary>Checksums of objects: where bytes are cut makes no difference; any header is a checksum or none.</summary>
internal sealed class S3ChecksumTarget : IFuzzTarget
{
    private const ChecksumAlgorithms Everything =
        ChecksumAlgorithms.Crc32 | ChecksumAlgorithms.Crc32C | ChecksumAlgorithms.Crc64Nvme
        | ChecksumAlgorithms.Sha1 | ChecksumAlgorithms.Sha256 | ChecksumAlgorithms.Md5;

    public string Name => "s3-checksum";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "123456789"u8.ToArray(),
        "sOO8/Q=="u8.ToArray(),
        "rosUhgp5mIg="u8.ToArray(),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        using ChecksumSet whole = new(Everything);
        using ChecksumSet cut = new(Everything);
        whole.Append(input);
        cut.Append(input[..(input.Length / 3)]);
        cut.Append(input[(input.Length / 3)..]);
        var text = Encoding.Latin1.GetString(input);
        foreach (var algorithm in ChecksumNames.All)
        {
            if (!cut.Matches(algorithm, whole.GetBase64(algorithm)))
            {
                throw new InvalidDataException($"{algorithm} depends on where the bytes are cut");
            }

            if (whole.Matches(algorithm, text) && !ChecksumSet.IsWellFormed(algorithm, text))
            {
                throw new InvalidDataException($"'{text}' matches, but is no {algorithm}");
            }
        }
    }
}
