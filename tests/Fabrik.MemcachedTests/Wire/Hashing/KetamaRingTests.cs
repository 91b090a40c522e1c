using System.Text;
using Fabrik.Wire.Memcached.Hashing;
using Xunit;

namespace Fabrik.MemcachedTests.Wire.Hashing;

public sealed class KetamaRingTests
{
    [Fact]
    public void Find_OfLibmemcachedsWeightedKeys_IsAsThere()
    {
        var ring = new KetamaRing(
            [.. KetamaFacts.Weights.Select(static (weight, i) => new RingMember($"10.0.1.{i + 1}", weight))],
            Md5Hash.Compute, isWeighted: true);

        Assert.Equal(1264, ring.Count);
        Assert.All(KetamaFacts.Keys, fact => Assert.Equal(
            new RingPlace(fact.Server - 1, fact.Hash, fact.Point), ring.Find(Encoding.ASCII.GetBytes(fact.Key))));
    }

    [Fact]
    public void Find_BeyondTheLastPoint_IsTheFirst()
    {
        var ring = new KetamaRing(
            [.. KetamaFacts.Weights.Select(static (weight, i) => new RingMember($"10.0.1.{i + 1}", weight))],
            Md5Hash.Compute, isWeighted: true);

        var place = ring.Find("VDEAAAAA"u8);

        Assert.Equal(0xFFFCD1B5UL, place.Hash);
        Assert.True(place.Point < 0x01000000);
    }

    // libmemcached's test/tests/memcached/regression/lp_000-996-813.cpp.
    [Fact]
    public void Find_OfLibmemcachedsUnweightedKeys_IsAsThere()
    {
        var ring = new KetamaRing(
            [.. Enumerable.Range(0, 17).Select(static i => new RingMember(KetamaRing.NameOf("10.2.3.4", 11211 + i)))],
            OneAtATimeHash.Compute, isWeighted: false);

        Assert.Equal(6, ring.Find("SZ6hu0SHweFmpwpc0w2R"u8).Member);
        Assert.Equal(1, ring.Find("SQCK9eiCf53YxHWnYA.o"u8).Member);
        Assert.Equal(9, ring.Find("SUSDkGXuuZC9t9VhMwa."u8).Member);
        Assert.Equal(0, ring.Find("SnnqnJARfaCNT679iAF_"u8).Member);
    }

    // Worked out by libmemcached 1.1.4: seven servers, with ports from 11211 on or that one only, of weight 1 or
    // i² + 1.
    [Theory]
    [InlineData(true, false, false, 0x3DF8D4B0)]
    [InlineData(true, false, true, 0xFEA8F7F3)]
    [InlineData(true, true, false, 0x87573410)]
    [InlineData(true, true, true, 0xFA5B5F07)]
    [InlineData(false, false, false, 0x2F99D841)]
    [InlineData(false, true, false, 0x216B4FDF)]
    public void Find_OfManyKeys_IsAsLibmemcachedSays(bool isWeighted, bool hasPorts, bool hasWeights, uint expected)
    {
        KeyHash keyHash = isWeighted ? Md5Hash.Compute : OneAtATimeHash.Compute;

        var ring = new KetamaRing(Seven(hasPorts, hasWeights), keyHash, isWeighted);

        Assert.Equal(expected, RingKeys.Checksum(ring));
    }

    // With weights libmemcached takes weighted points at once, and leaves the hash of keys as it was.
    [Theory]
    [InlineData(false, 0xB19E7259)]
    [InlineData(true, 0x89AB34C2)]
    public void Find_WithWeightsAndAnotherHash_IsAsLibmemcachedSays(bool hasPorts, uint expected) =>
        Assert.Equal(expected, RingKeys.Checksum(
            new KetamaRing(Seven(hasPorts, hasWeights: true), OneAtATimeHash.Compute, isWeighted: true)));

    public static TheoryData<string, uint> Hashes => new()
    {
        { nameof(Md5Hash), 0x3C466169 },
        { nameof(CrcHash), 0x8CF55465 },
        { nameof(FnvHash.Compute1X64), 0x67BBCFCB },
        { nameof(FnvHash.Compute1AX64), 0xC8168D81 },
        { nameof(FnvHash.Compute1X32), 0xBE820EC7 },
        { nameof(FnvHash.Compute1AX32), 0xF20E5FB7 },
        { nameof(MurmurHash), 0x6EB17064 },
        { nameof(JenkinsHash), 0x0372A901 },
    };

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Find_UnweightedOfEachHash_IsAsLibmemcachedSays(string name, uint expected)
    {
        KeyHash keyHash = name switch
        {
            nameof(Md5Hash) => Md5Hash.Compute,
            nameof(CrcHash) => CrcHash.Compute32,
            nameof(FnvHash.Compute1X64) => FnvHash.Compute1X64,
            nameof(FnvHash.Compute1AX64) => FnvHash.Compute1AX64,
            nameof(FnvHash.Compute1X32) => FnvHash.Compute1X32,
            nameof(FnvHash.Compute1AX32) => FnvHash.Compute1AX32,
            nameof(MurmurHash) => MurmurHash.Compute,
            _ => JenkinsHash.Compute,
        };

        var ring = new KetamaRing(Seven(hasPorts: false, hasWeights: false), keyHash, isWeighted: false);

        Assert.Equal(expected, RingKeys.Checksum(ring));
    }

    [Fact]
    public void Among_SomeMembers_IsTheRingOfThoseOnly()
    {
        var all = Seven(hasPorts: true, hasWeights: true);
        bool[] usable = [true, false, true, true, false, true, true];
        int[] left = [0, 2, 3, 5, 6];
        var whole = new KetamaRing(all, Md5Hash.Compute, isWeighted: true);
        var few = new KetamaRing([.. left.Select(i => all[i])], Md5Hash.Compute, isWeighted: true);

        var among = whole.Among(usable);

        for (var i = 0; i < 5_000; i++)
        {
            var key = Encoding.ASCII.GetBytes($"key:{i}");
            Assert.Equal(left[few.Find(key).Member], among.Find(key).Member);
        }
    }

    [Fact]
    public void New_OfNobodyOrOfNoWeight_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new KetamaRing([], Md5Hash.Compute, isWeighted: true));
        Assert.Throws<ArgumentException>(() => new KetamaRing([new("a", 0)], Md5Hash.Compute, isWeighted: true));
    }

    [Fact]
    public void Find_OfAnyKey_AllocatesNothing()
    {
        var ring = new KetamaRing(Seven(hasPorts: true, hasWeights: true), Md5Hash.Compute, isWeighted: true);
        ring.Find("key"u8);
        var before = GC.GetAllocatedBytesForCurrentThread();

        ring.Find("another key"u8);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static RingMember[] Seven(bool hasPorts, bool hasWeights) =>
    [
        .. Enumerable.Range(0, 7).Select(i => new RingMember(
            KetamaRing.NameOf($"cache{i}.example", hasPorts ? 11211 + i : 11211), hasWeights ? (i * i) + 1 : 1)),
    ];
}
