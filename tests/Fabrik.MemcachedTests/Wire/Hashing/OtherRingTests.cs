using System.Text;
using Fabrik.Wire.Memcached.Hashing;
using Xunit;

namespace Fabrik.MemcachedTests.Wire.Hashing;

public sealed class OtherRingTests
{
    // Worked out by libmemcached 1.1.4 with seven servers.
    [Fact]
    public void ModulaRing_OfManyKeys_IsAsLibmemcachedSays()
    {
        Assert.Equal(0x5FA23F1Eu, RingKeys.Checksum(new ModulaRing(Members(7), OneAtATimeHash.Compute)));
        Assert.Equal(0xD3CB2615u, RingKeys.Checksum(new ModulaRing(Members(7), Md5Hash.Compute)));
        Assert.Equal(0x2177393Bu, RingKeys.Checksum(new ModulaRing(Members(7), CrcHash.Compute32)));
        Assert.Equal(0x4C740E1Fu, RingKeys.Checksum(new ModulaRing(Members(7), JenkinsHash.Compute)));
    }

    // Worked out by what memcached's proxy_jump_hash.c and xxhash.h say.
    [Theory]
    [InlineData(7, 0x4E2D27FC)]
    [InlineData(13, 0xFDA2D64B)]
    [InlineData(100, 0x5C43F182)]
    public void JumpRing_OfManyKeys_IsAsMemcachedsProxySays(int members, uint expected) =>
        Assert.Equal(expected, RingKeys.Checksum(Jump(members)));

    // Lamping and Veach: of one bucket more, only those keys move that move to it.
    [Fact]
    public void JumpRing_OfOneMemberMore_MovesKeysToItOnly()
    {
        for (var members = 1; members < 20; members++)
        {
            var (before, after) = (Jump(members), Jump(members + 1));
            for (var i = 0; i < 1_000; i++)
            {
                var key = Encoding.ASCII.GetBytes($"key:{i}");
                var (old, now) = (before.Find(key).Member, after.Find(key).Member);
                Assert.True(now == old || now == members, $"{i} moved from {old} to {now} of {members + 1}");
            }
        }
    }

    public static TheoryData<string> Kinds => ["jump", "rendezvous", "nginx", "ketama", "spy", "modula"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Find_OfManyKeys_FollowsTheWeights(string kind)
    {
        RingMember[] members = [new("a:1", 1), new("b:2", 2), new("c:3", 1), new("d:4", 4)];

        var counts = RingKeys.Count(Make(kind, members), members.Length);

        // Rings of points are as even as their points are many.
        for (var i = 0; i < members.Length; i++)
        {
            Assert.InRange(counts[i], 0.6 * 20_000 * members[i].Weight / 8, 1.4 * 20_000 * members[i].Weight / 8);
        }
    }

    [Theory]
    [InlineData("jump")]
    [InlineData("rendezvous")]
    [InlineData("nginx")]
    [InlineData("spy")]
    public void Among_WithoutOneMember_MovesItsKeysOnly(string kind)
    {
        var whole = Make(kind, Members(6));
        var among = whole.Among([true, true, false, true, true, true]);
        var moved = new HashSet<int>();
        for (var i = 0; i < 5_000; i++)
        {
            var key = Encoding.ASCII.GetBytes($"key:{i}");
            var (old, now) = (whole.Find(key).Member, among.Find(key).Member);
            Assert.NotEqual(2, now);
            if (old == 2)
            {
                moved.Add(now);
            }
            else
            {
                Assert.Equal(old, now);
            }
        }

        Assert.Equal([0, 1, 3, 4, 5], moved.Order());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Among_OneMember_GivesItEverything(string kind) => Assert.Equal(
        [0, 0, 0, 20_000, 0], RingKeys.Count(Make(kind, Members(5)).Among([false, false, false, true, false]), 5));

    [Fact]
    public void NginxRing_OfOneMember_HasAChainOfCrcs()
    {
        var first = (uint)CrcHash.Compute32A([.. "a\01"u8, 0, 0, 0, 0]);
        var second = (uint)CrcHash.Compute32A([.. "a\01"u8, .. BitConverter.GetBytes(first)]);
        var ring = new NginxRing([new("a:1")], static key => BitConverter.ToUInt32(key));

        Assert.Equal(first, ring.Find(BitConverter.GetBytes(first)).Point);
        Assert.Equal(second, ring.Find(BitConverter.GetBytes(second)).Point);
    }

    [Theory]
    [InlineData("jump")]
    [InlineData("nginx")]
    [InlineData("modula")]
    public void New_WhereMemoryGrowsWithWeight_LimitsIt(string kind) =>
        Assert.Throws<ArgumentException>(() => Make(kind, [new("a", 9_999), new("b", 2)]));

    [Fact]
    public void ModulaRing_ByName_CountsShorterNamesFirst()
    {
        var ring = new ModulaRing([new("bb"), new("a", 2), new("ab")], static key => key[0], isByName: true);

        Assert.Equal([1, 1, 2, 0], Enumerable.Range(0, 4).Select(i => ring.Find([(byte)i]).Member));
    }

    private static JumpRing Jump(int members) => new(Members(members), XxHash3.Compute);

    private static IRing Make(string kind, RingMember[] members) => kind switch
    {
        "jump" => new JumpRing(members, XxHash3.Compute),
        "rendezvous" => new RendezvousRing(members, XxHash3.Compute),
        "nginx" => new NginxRing(members, CrcHash.Compute32A),
        "spy" => new SpyRing(members, Md5Hash.Compute),
        "modula" => new ModulaRing(members, OneAtATimeHash.Compute),
        _ => new KetamaRing(members, Md5Hash.Compute, isWeighted: true),
    };

    private static RingMember[] Members(int count) =>
        [.. Enumerable.Range(0, count).Select(static i => new RingMember($"cache{i}.example:11211"))];
}
