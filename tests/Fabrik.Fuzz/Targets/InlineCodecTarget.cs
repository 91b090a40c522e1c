using System.Buffers.Binary;
using Fabrik.Cache;
using Fabrik.Cache.Codec;

namespace Fabrik.Fuzz.Targets;

/// <summary>Inline values: any bytes decode or are damage, also once their checksum is mended.</summary>
internal sealed class InlineCodecTarget : IFuzzTarget
{
    private static readonly BlobEncodingOptions Plain = new();
    private static readonly BlobEncodingOptions Sealed = Plain with { EncryptionKey = new byte[32] };

    public string Name => "inline-codec";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        Encode(Plain, []),
        Encode(Plain, "short"u8),
        Encode(Plain, new byte[500]),
        Encode(Sealed, "short"u8),
        Encode(Sealed, new byte[500]),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        Decode(input);
        if (input.Length >= 5)
        {
            var mended = input.ToArray();
            var checksum = Crc32C.Append(Crc32C.Compute(input[..1]), input[5..]);
            BinaryPrimitives.WriteUInt32LittleEndian(mended.AsSpan(1), checksum);
            Decode(mended);
        }
    }

    private static void Decode(ReadOnlySpan<byte> input)
    {
        if (!InlineCodec.Decode(input, Sealed).TryGet(out _, out var error)
            && error.Kind != CacheErrorKind.Damaged
            && !error.Message.Contains("is encrypted under the key with id", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{error.Kind}: {error.Message}");
        }
    }

    private static byte[] Encode(BlobEncodingOptions options, ReadOnlySpan<byte> value)
    {
        var encoded = new byte[InlineCodec.MaxEncodedLength(value.Length)];
        return encoded[..InlineCodec.Encode(value, options, encoded)];
    }
}
