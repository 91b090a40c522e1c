using System.Buffers.Binary;
using System.Text;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Codec;
using Fabrik.Upstreams.Objects;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.Objects;

/// <summary>docs/formats/object.md: the bytes that were written once have to be readable for ever.</summary>
public sealed class ObjectEnvelopeTests
{
    private const string Frozen =
        "464f424a01000000910000007e9a549c101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
        + "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf00f2052a010000008e9894e0b8010000"
        + "8ef4bae5b80100000900747572626f7265706f08006bc3bc6368652f3102001300782d61727469666163742d64757261"
        + "74696f6e020034320500656d7074790000";

    private static readonly ObjectHead Head = new()
    {
        Id = new ArtifactId(Enumerable.Range(0x10, 32).Select(i => (byte)i).ToArray()),
        Digest = new ContentDigest(Enumerable.Range(0xA0, 32).Select(i => (byte)i).ToArray()),
        Size = 5_000_000_000,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_893_553_445_006),
        ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(1_893_639_845_006),
        Metadata = new ArtifactMetadata
        {
            Tool = "turborepo",
            Key = "küche/1",
            Properties = [new("x-artifact-duration", "42"), new("empty", "")],
        },
    };

    [Fact]
    public void Encode_OfAHead_IsFrozen() => Assert.Equal(Frozen, Convert.ToHexStringLower(Encode(Head)));

    [Fact]
    public void Read_FrozenHeader_IsItsHead() => AssertSame(Head, ObjectEnvelope.Read(Convert.FromHexString(Frozen)));

    [Fact]
    public void Read_OfAHeadWithNothingOptional_IsThatHead()
    {
        var bare = Head with { ExpiresAt = null, Size = 0, Metadata = new ArtifactMetadata { Tool = "" } };
        AssertSame(bare, ObjectEnvelope.Read(Encode(bare)));
    }

    [Fact]
    public void Read_OfAnyBitFlipped_IsNothing()
    {
        var bytes = Encode(Head);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(ObjectEnvelope.Read(bytes));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Read_OfAnyShorterHeader_IsNothing()
    {
        var bytes = Encode(Head);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Null(ObjectEnvelope.Read(bytes.AsSpan(0, length)));
        }
    }

    [Theory]
    [InlineData(64, -1L)] // size
    [InlineData(72, -1L)] // created
    [InlineData(80, long.MaxValue)] // expires
    public void Read_OfAFieldOutOfRangeUnderARightChecksum_IsNothing(int offset, long value)
    {
        var bytes = Encode(Head);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(ObjectEnvelope.PrefixLength + offset), value);
        Assert.Null(ObjectEnvelope.Read(Mend(bytes)));
    }

    [Fact]
    public void Read_OfBytesBehindTheLastProperty_IsNothing() =>
        Assert.Null(ObjectEnvelope.Read(Mend([.. Encode(Head), 0])));

    [Fact]
    public void Read_OfTextThatIsNotUtf8_IsNothing()
    {
        var bytes = Encode(Head);
        bytes[bytes.AsSpan().IndexOf("turborepo"u8)] = 0xFF;
        Assert.Null(ObjectEnvelope.Read(Mend(bytes)));
    }

    [Fact]
    public void TryReadPrefix_OfARecordThatIsTooLong_IsFalse()
    {
        var bytes = Encode(Head);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), ObjectEnvelope.MaxLength - 15);
        Assert.False(ObjectEnvelope.TryReadPrefix(bytes, out _));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), ObjectEnvelope.MaxLength - 16);
        Assert.True(ObjectEnvelope.TryReadPrefix(bytes, out var length));
        Assert.Equal(65_520, length);
    }

    [Fact]
    public void Encode_OfALongKey_CutsItBetweenCharacters()
    {
        var head = Head with { Metadata = Head.Metadata with { Key = new string('k', 255) + "😀" } };
        Assert.Equal(new string('k', 255), ObjectEnvelope.Read(Encode(head))?.Metadata.Key);
    }

    [Fact]
    public void Encode_OfTheMostThatIsAllowed_FitsAHeader()
    {
        var head = Head with
        {
            Metadata = new ArtifactMetadata
            {
                Tool = new string('t', ObjectEnvelope.MaxTool),
                Key = new string('€', 300),
                Properties = [.. Enumerable.Repeat(new KeyValuePair<string, string>("", ""), 4096)],
            },
        };
        var bytes = Encode(head);
        Assert.InRange(bytes.Length, ObjectEnvelope.MaxProperties, ObjectEnvelope.MaxLength);
        Assert.Equal(4096, ObjectEnvelope.Read(bytes)?.Metadata.Properties.Count);
    }

    [Theory]
    [InlineData(257, 0)]
    [InlineData(1, 16 * 1024)]
    public void Encode_OfTooMuch_IsRefused(int tool, int property)
    {
        var head = Head with
        {
            Metadata = new ArtifactMetadata
            {
                Tool = new string('t', tool),
                Properties = [new("", new string('p', property))],
            },
        };
        Assert.Equal(CacheErrorKind.InvalidRequest, ObjectEnvelope.Encode(head).Error?.Kind);
    }

    private static byte[] Encode(ObjectHead head) => ObjectEnvelope.Encode(head).Value;

    private static byte[] Mend(byte[] bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), bytes.Length - 16);
        var checksum = Crc32C.Append(Crc32C.Compute(bytes.AsSpan(0, 12)), bytes.AsSpan(16));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), checksum);
        return bytes;
    }

    private static void AssertSame(ObjectHead expected, ObjectHead? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Metadata.Properties, actual.Metadata.Properties);
        Assert.Equal(
            expected,
            actual with
            {
                Metadata = actual.Metadata with { Properties = expected.Metadata.Properties },
            });
        Assert.Equal(Encoding.UTF8.GetBytes(expected.Metadata.Key), Encoding.UTF8.GetBytes(actual.Metadata.Key));
    }
}
