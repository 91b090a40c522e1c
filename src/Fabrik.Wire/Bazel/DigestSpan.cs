using System.Buffers;
using Fabrik.Wire.Protos.Bazel.V2;
using Fabrik.Wire.Protos.Fields;

namespace Fabrik.Wire.Bazel;

/// <summary>A <c>Digest</c> within an encoded message, of which no object is made.</summary>
/// <param name="hash">Its hash, as it stands there.</param>
/// <param name="size">Its size.</param>
public readonly ref struct DigestSpan(ReadOnlySpan<byte> hash, long size)
{
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdef"u8);

    private static ReadOnlySpan<byte> EmptyHash => "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"u8;

    /// <summary>The hash: hex digits, if it is one.</summary>
    public ReadOnlySpan<byte> Hash { get; } = hash;

    /// <summary>Bytes.</summary>
    public long Size { get; } = size;

    /// <summary>
    /// Whether it is a good one, by the rules of <see cref="BlobDigest.TryParse(Digest, out BlobDigest, out string)"/>.
    /// </summary>
    public bool IsGood =>
        Hash.Length == BlobDigest.HashLength
        && Size >= 0
        && !Hash.ContainsAnyExcept(HexDigits)
        && Size == 0 == Hash.SequenceEqual(EmptyHash);

    /// <summary>Reads an encoded <c>Digest</c>.</summary>
    /// <exception cref="InvalidDataException">It is no message.</exception>
    public static DigestSpan Read(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> hash = default;
        var size = 0L;
        var fields = new FieldReader(message);
        while (fields.Read())
        {
            if (fields.IsBytes(Digest.HashFieldNumber))
            {
                hash = fields.Bytes;
            }
            else if (fields.IsNumber(Digest.SizeBytesFieldNumber))
            {
                size = (long)fields.Number;
            }
        }

        return new DigestSpan(hash, size);
    }
}
