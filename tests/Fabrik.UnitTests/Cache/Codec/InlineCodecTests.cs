using Fabrik.Cache;
using Fabrik.Cache.Codec;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Fabrik.UnitTests.Cache.Codec;

public sealed class InlineCodecTests
{
    private static readonly BlobEncodingOptions Plain = new() { BoundId = "id"u8.ToArray() };

    private static readonly BlobEncodingOptions Sealed = Plain with
    {
        EncryptionKey = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray(),
    };

    public static TheoryData<bool> Variants => new(false, true);

    [Theory]
    [MemberData(nameof(Variants))]
    public void Decode_AnyValue_IsWhatWasEncoded(bool isEncrypted)
    {
        var options = isEncrypted ? Sealed : Plain;
        var values = Gen.Choose(0, 5000).SelectMany(_ => Gen.Choose(0, 255), Value);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(values.ToArbitrary(), value =>
                InlineCodec.Decode(Encode(value, options), options).Value.AsSpan().SequenceEqual(value)));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Decode_AnySingleBitFlippedOrCut_IsDamaged(bool isEncrypted)
    {
        var options = isEncrypted ? Sealed : Plain;
        foreach (var value in (byte[][])[[], Value(10, 255), new byte[400]])
        {
            var encoded = Encode(value, options);
            for (var bit = 0; bit < encoded.Length * 8; bit++)
            {
                encoded[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.Equal((bit, CacheErrorKind.Damaged), (bit, InlineCodec.Decode(encoded, options).Error?.Kind));
                Assert.False(InlineCodec.TryGetPlain(encoded, options, out _));
                encoded[bit / 8] ^= (byte)(1 << (bit % 8));
            }

            for (var length = 0; length < encoded.Length; length++)
            {
                Assert.Equal(
                    CacheErrorKind.Damaged, InlineCodec.Decode(encoded.AsSpan(0, length), options).Error?.Kind);
            }
        }
    }

    [Fact]
    public void Encode_ValueThatShrinks_IsCompressed()
    {
        Assert.InRange(Encode(new byte[1000], Plain).Length, 10, 60);
        Assert.Equal(1005, Encode(new byte[1000], Plain with { Compression = CompressionKind.None }).Length);
    }

    [Fact]
    public void TryGetPlain_ValueThatDoesNotShrink_IsASliceOfTheEncoded()
    {
        var value = Value(1000, 255);
        var encoded = Encode(value, Plain);
        Assert.Equal(1005, encoded.Length);
        Assert.True(InlineCodec.TryGetPlain(encoded, Plain, out var slice));
        Assert.True(slice.Span.SequenceEqual(value));
        Assert.False(InlineCodec.TryGetPlain(Encode(value, Sealed), Sealed, out _));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Decode_ValueOfAnotherEntry_IsDamaged(bool isEncrypted)
    {
        var options = isEncrypted ? Sealed : Plain;
        var other = options with { BoundId = "other"u8.ToArray() };
        Assert.Equal(CacheErrorKind.Damaged, InlineCodec.Decode(Encode(Value(9, 9), options), other).Error?.Kind);
    }

    [Fact]
    public void Decode_WithAnotherKeyOrNone_SaysSoAndIsNoDamage()
    {
        var encoded = Encode(Value(9, 9), Sealed);
        var other = InlineCodec.Decode(encoded, Sealed with { EncryptionKey = new byte[32] }).Error;
        Assert.Equal(CacheErrorKind.Io, other?.Kind);
        Assert.Contains("is encrypted under the key with id", other!.Message, StringComparison.Ordinal);
        var none = InlineCodec.Decode(encoded, Plain).Error;
        Assert.Equal(CacheErrorKind.Io, none?.Kind);
        Assert.Contains("no encryption key is set", none!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_SameValueTwice_DiffersUnderEncryption() =>
        Assert.NotEqual(Encode(Value(50, 255), Sealed), Encode(Value(50, 255), Sealed));

    private static byte[] Value(int length, int noise)
    {
        var value = new byte[length];
        new Random(length).NextBytes(value.AsSpan(0, length * noise / 255));
        return value;
    }

    private static byte[] Encode(byte[] value, BlobEncodingOptions options)
    {
        var encoded = new byte[InlineCodec.MaxEncodedLength(value.Length)];
        return encoded[..InlineCodec.Encode(value, options, encoded)];
    }
}
