using System.Text;
using Fabrik.Wire.Memcached.Hashing;
using Xunit;

namespace Fabrik.MemcachedTests.Wire.Hashing;

/// <summary>Against facts of spymemcached's <c>KetamaNodeLocatorTest</c>: servers 127.0.0.1:10000 and up.</summary>
public sealed class SpyRingTests
{
    [Theory]
    [InlineData(4, "dustin", 0)]
    [InlineData(4, "noelani", 2)]
    [InlineData(4, "some other key", 0)]
    [InlineData(4, "V5XS8C8N", 3)]
    [InlineData(4, "8KR2DKR2", 3)]
    [InlineData(4, "L9KH6X4X", 3)]
    [InlineData(5, "dustin", 0)]
    [InlineData(5, "noelani", 2)]
    [InlineData(5, "some other key", 4)]
    [InlineData(5, "36", 2)]
    [InlineData(5, "10037", 3)]
    [InlineData(5, "22051", 1)]
    [InlineData(5, "49044", 4)]
    public void Find_OfSpymemcachedsKeys_IsAsThere(int servers, string key, int expected) =>
        Assert.Equal(
            expected, new SpyRing(Servers(servers), Md5Hash.Compute).Find(Encoding.ASCII.GetBytes(key)).Member);

    [Theory]
    [InlineData("dustin", 2)]
    [InlineData("noelani", 1)]
    [InlineData("some other key", 4)]
    public void Find_OfAnotherHash_IsAsThere(string key, int expected) => Assert.Equal(
        expected, new SpyRing(Servers(5), FnvHash.Compute1AX32).Find(Encoding.ASCII.GetBytes(key)).Member);

    // Whom it asks one after the other.
    [Theory]
    [InlineData("dustin", new[] { 0, 2, 1, 2, 3, 2, 0 })]
    [InlineData("noelani", new[] { 2, 1, 1, 3, 2, 2, 3 })]
    public void Find_WhereServersAreDead_FollowsTheSequence(string key, int[] sequence)
    {
        var ring = new SpyRing(Servers(4), Md5Hash.Compute);
        var usable = new[] { true, true, true, true };
        foreach (var next in sequence.Distinct())
        {
            Assert.Equal(next, ring.Among(usable).Find(Encoding.ASCII.GetBytes(key)).Member);
            usable[next] = false;
        }
    }

    [Fact]
    public void Find_WhereNoAttemptFindsALiveServer_TakesTheNextPointOfOne()
    {
        var ring = new SpyRing(Servers(12), Md5Hash.Compute);
        var usable = new bool[12];
        usable[7] = true;

        Assert.Equal([7], Enumerable.Range(0, 200)
            .Select(i => ring.Among(usable).Find(Encoding.ASCII.GetBytes($"key:{i}")).Member).Distinct());
    }

    // Worked out by libmemcached 1.1.4, whose names for it begin with a slash.
    [Theory]
    [InlineData(false, 0xE47F332B)]
    [InlineData(true, 0xE326A86D)]
    public void Find_WithWeights_IsAsLibmemcachedSays(bool hasPorts, uint expected)
    {
        RingMember[] members =
        [
            .. Enumerable.Range(0, 7).Select(i =>
                new RingMember($"/cache{i}.example:{(hasPorts ? 11211 + i : 11211)}", (i * i) + 1)),
        ];

        Assert.Equal(expected, RingKeys.Checksum(new SpyRing(members, Md5Hash.Compute)));
    }

    [Fact]
    public void NameOf_AServer_IsAsJavaWritesIt()
    {
        Assert.Equal("10.0.0.1:11211", SpyRing.NameOf(null, "10.0.0.1", 11211));
        Assert.Equal("cache/10.0.0.1:11211", SpyRing.NameOf("cache", "10.0.0.1", 11211));
    }

    private static RingMember[] Servers(int count) => [.. Enumerable.Range(0, count).Select(Server)];

    private static RingMember Server(int i) => new(SpyRing.NameOf(null, "127.0.0.1", 10000 + i));
}
