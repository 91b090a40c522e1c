using System.Buffers.Binary;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Codec;
using Fabrik.Upstreams.Objects;

namespace Fabrik.Fuzz.Targets;

/// <summary>Headers of objects: any bytes are a head that writes back to them, or nothing; also once mended.</summary>
internal sealed class ObjectEnvelopeTarget : IFuzzTarget
{
    public string Name => "object-envelope";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        Encode(new ArtifactMetadata { Tool = "" }),
        Encode(new ArtifactMetadata { Tool = "gradle", Key = "0123456789abcdef" }),
        Encode(new ArtifactMetadata { Tool = "turborepo", Properties = [new("a", "1"), new("é", "€")] }),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        Check(input);
        if (input.Length >= ObjectEnvelope.PrefixLength)
        {
            var mended = input.ToArray();
            "FOBJ\u0001\0\0\0"u8.CopyTo(mended);
            BinaryPrimitives.WriteInt32LittleEndian(mended.AsSpan(8), mended.Length - ObjectEnvelope.PrefixLength);
            var checksum = Crc32C.Append(
                Crc32C.Compute(mended.AsSpan(0, 12)), mended.AsSpan(ObjectEnvelope.PrefixLength));
            BinaryPrimitives.WriteUInt32LittleEndian(mended.AsSpan(12), checksum);
            Check(mended);
        }
    }

    private static void Check(ReadOnlySpan<byte> input)
    {
        if (ObjectEnvelope.Read(input) is { } head
            && ObjectEnvelope.Encode(head).TryGet(out var again, out _)
            && head.Metadata.Key.Length < ObjectEnvelope.MaxKey
            && !input.SequenceEqual(again))
        {
            throw new InvalidDataException($"written back as {Convert.ToHexString(again)}");
        }
    }

    private static byte[] Encode(ArtifactMetadata metadata) => ObjectEnvelope.Encode(new ObjectHead
    {
        Id = default,
        Digest = default,
        Size = 1234,
        CreatedAt = DateTimeOffset.UnixEpoch.AddYears(60),
        ExpiresAt = DateTimeOffset.UnixEpoch.AddYears(61),
        Metadata = metadata,
    }).Value;
}
