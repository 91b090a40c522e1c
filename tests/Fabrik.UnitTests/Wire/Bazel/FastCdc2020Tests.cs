using System.Buffers.Binary;
using System.Security.Cryptography;
using Fabrik.Wire.Bazel;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Fabrik.UnitTests.Wire.Bazel;

public sealed class FastCdc2020Tests
{
    private const int Average = FastCdc2020.MinAverage;

    /// <summary>What fastcdc-rs, which the API names as a reference, makes of <see cref="Stream"/>.</summary>
    public static TheoryData<int, int, uint, int[]> Vectors => new()
    {
        {
            20_001, 1 << 10, 0,
            [
                671, 1278, 1141, 1089, 1060, 1130, 644, 1090, 1089, 1571, 1058, 1173, 1051, 1348, 1128, 1176, 1041,
                609, 654,
            ]
        },
        {
            20_001, 1 << 10, 666,
            [
                1133, 1555, 1282, 1271, 1128, 1314, 1125, 436, 1254, 1237, 1055, 354, 1099, 1030, 1158, 1126, 1054,
                1237, 153,
            ]
        },
        {
            300_001, 1 << 14, 0,
            [
                19347, 25344, 18793, 18145, 16233, 17066, 16654, 11719, 18546, 16652, 18455, 7580, 19557, 23869, 18098,
                17631, 16312,
            ]
        },
        {
            300_001, 1 << 14, 666,
            [
                9244, 18214, 16036, 6247, 27422, 23463, 19888, 10144, 17868, 16938, 23907, 19337, 17727, 21872, 11532,
                24050, 16112,
            ]
        },
        {
            6_000_001, 1 << 19, 0,
            [637477, 533689, 630664, 536000, 900342, 540681, 574334, 555927, 575499, 515388]
        },
        {
            6_000_001, 1 << 20, uint.MaxValue,
            [683273, 1052828, 1146250, 1251563, 1185855, 680232]
        },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void TryCut_KnownStream_CutsWhereTheReferenceDoes(int size, int average, uint seed, int[] expected) =>
        Assert.Equal(expected, Cut(new FastCdc2020(average, seed), Stream(size), piece: 8192));

    [Fact]
    public void Gear_OfEveryByte_IsTheHeadOfAnMd5() =>
        Assert.Equal(FastCdcReference.Gear, FastCdcTables.Gear.ToArray());

    [Fact]
    public void TryCut_Zeros_CutsAtTheMaximum() =>
        Assert.Equal([4096, 4096, 1809], Cut(new FastCdc2020(Average), new byte[10_001], piece: 1000));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    public void TryCut_LessThanAMinimum_IsOneChunkAtMost(int size) =>
        Assert.Equal(size == 0 ? [] : [size], Cut(new FastCdc2020(Average), Stream(size), piece: 100));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void TryCut_WholeChunks_LeaveNone(int count)
    {
        FastCdc2020 chunker = new(Average);
        ReadOnlySpan<byte> data = new byte[count * chunker.MaxLength];
        for (var i = 0; i < count; i++)
        {
            Assert.True(chunker.TryCut(ref data, out var length));
            Assert.Equal(chunker.MaxLength, length);
        }

        Assert.True(data.IsEmpty);
        Assert.Equal(0, chunker.Finish());
    }

    [Fact]
    public void TryCut_AnyEndOfTheStream_CutsWhereTheReferenceDoes()
    {
        var content = Stream(6000);
        FastCdc2020 chunker = new(Average);
        for (var size = 0; size <= content.Length; size += size % 64 == 0 ? 1 : 3)
        {
            var prefix = content.AsSpan(0, size);
            Assert.Equal(FastCdcReference.Cut(prefix, Average, 0), Cut(chunker, prefix, piece: 777));
        }
    }

    [Fact]
    public void TryCut_StreamEndsBehindAByteThatWouldCut_DoesNotCutBeforeAnOddLastOne()
    {
        var content = Stream(20_001);
        var ends = FastCdcReference.Cut(content, Average, 0).Aggregate(
            new List<int> { 0 }, static (ends, length) => [.. ends, ends[^1] + length]);
        var even = Enumerable.Range(1, ends.Count - 2).Where(i => (ends[i] - ends[i - 1]) % 2 == 0).ToList();
        Assert.NotEmpty(even);
        FastCdc2020 chunker = new(Average);
        foreach (var i in even)
        {
            ReadOnlySpan<byte> data = content.AsSpan(ends[i - 1], ends[i] - ends[i - 1] + 1);
            var length = data.Length;
            Assert.False(chunker.TryCut(ref data, out _));
            Assert.True(chunker.IsUndecided);
            Assert.Equal(length, chunker.Finish());
            Assert.False(chunker.IsUndecided);
        }
    }

    [Fact]
    public void TryCut_AnyStreamInAnyPieces_CutsWhereTheReferenceDoes()
    {
        var cases =
            from size in Gen.Choose(0, 12_000)
            from start in Gen.Choose(0, 4000)
            from period in Gen.Elements(0, 1, 3, 700, 5000)
            from piece in Gen.Elements(1, 2, 3, 7, 255, 256, 1024, 4096, 20_000)
            from average in Gen.Elements(1 << 10, 1 << 11)
            from seed in Gen.Elements(0u, 1u, 666u)
            select (size, start, period, piece, average, seed);
        var stream = Stream(16_000);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(cases.ToArbitrary(), c =>
            {
                var content = stream[c.start..(c.start + c.size)];
                for (var i = c.period; c.period > 0 && i < content.Length; i++)
                {
                    content[i] = content[i - c.period];
                }

                FastCdc2020 chunker = new(c.average, c.seed);
                var lengths = Cut(chunker, content, c.piece);
                return lengths.SequenceEqual(FastCdcReference.Cut(content, c.average, c.seed))
                    && lengths.Sum() == content.Length
                    && lengths.SkipLast(1).All(n => n >= chunker.MinLength && n <= chunker.MaxLength);
            }));
    }

    [Fact]
    public void TryCut_ManyChunks_AllocatesNothing()
    {
        FastCdc2020 chunker = new(Average);
        var content = Stream(50_000);

        // The runtime itself now and then allocates on this thread.
        var least = Enumerable.Range(0, 20).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Count(chunker, content);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.Equal(0, least);
        Assert.InRange(Count(chunker, content), 30, 70);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1024)]
    [InlineData(512)]
    [InlineData(1025)]
    [InlineData(3 << 10)]
    [InlineData(1 << 21)]
    public void Constructor_AverageThatIsNone_IsRefused(int average)
    {
        Assert.False(FastCdc2020.IsAverage(average));
        Assert.Throws<ArgumentOutOfRangeException>(nameof(average), () => new FastCdc2020(average));
    }

    [Fact]
    public void Constructor_NoAverage_IsTheOneThatTheApiRecommends()
    {
        FastCdc2020 chunker = new();
        Assert.Equal((128 << 10, 512 << 10, 2 << 20), (chunker.MinLength, chunker.Average, chunker.MaxLength));
    }

    /// <summary>The SHA-256 of 0, 1, 2, … as four little-endian bytes each, one behind the other.</summary>
    private static byte[] Stream(int size)
    {
        var content = new byte[(size + 31) / 32 * 32];
        Span<byte> number = stackalloc byte[4];
        for (var i = 0; i < content.Length / 32; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(number, i);
            SHA256.HashData(number, content.AsSpan(i * 32));
        }

        return content[..size];
    }

    private static List<int> Cut(FastCdc2020 chunker, ReadOnlySpan<byte> content, int piece)
    {
        List<int> lengths = [];
        while (!content.IsEmpty)
        {
            var data = content[..Math.Min(piece, content.Length)];
            content = content[data.Length..];
            while (chunker.TryCut(ref data, out var length))
            {
                lengths.Add(length);
            }
        }

        if (chunker.Finish() is > 0 and var last)
        {
            lengths.Add(last);
        }

        return lengths;
    }

    private static int Count(FastCdc2020 chunker, ReadOnlySpan<byte> content)
    {
        var count = 0;
        while (chunker.TryCut(ref content, out _))
        {
            count++;
        }

        chunker.Finish();
        return count;
    }
}
