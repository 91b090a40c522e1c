using System.Text;
using Fabrik.Wire.Memcached.Hashing;
using Xunit;

namespace Fabrik.MemcachedTests.Wire.Hashing;

public sealed class KeyHashTests
{
    public static TheoryData<string> Names => new(Hashes.Keys);

    private static readonly Dictionary<string, (KeyHash Hash, uint[] Facts)> Hashes = new(StringComparer.Ordinal)
    {
        ["one_at_a_time"] = (OneAtATimeHash.Compute, HashFacts.OneAtATime),
        ["md5"] = (Md5Hash.Compute, HashFacts.Md5),
        ["crc32"] = (CrcHash.Compute32, HashFacts.Crc32),
        ["fnv1_64"] = (FnvHash.Compute1X64, HashFacts.Fnv1X64),
        ["fnv1a_64"] = (FnvHash.Compute1AX64, HashFacts.Fnv1AX64),
        ["fnv1_32"] = (FnvHash.Compute1X32, HashFacts.Fnv1X32),
        ["fnv1a_32"] = (FnvHash.Compute1AX32, HashFacts.Fnv1AX32),
        ["hsieh"] = (HsiehHash.Compute, HashFacts.Hsieh),
        ["murmur"] = (MurmurHash.Compute, HashFacts.Murmur),
        ["jenkins"] = (JenkinsHash.Compute, HashFacts.Jenkins),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Compute_OfLibmemcachedsKeys_IsAsThere(string name)
    {
        var (hash, facts) = Hashes[name];

        Assert.Equal(facts, HashFacts.Keys.Select(key => (uint)hash(Encoding.ASCII.GetBytes(key))));
    }

    // What libmemcached 1.1.4 says of bytes above 127 on x86-64.
    [Theory]
    [InlineData("one_at_a_time", 3275043760)]
    [InlineData("md5", 3947170255)]
    [InlineData("crc32", 19171)]
    [InlineData("fnv1_64", 1403335254)]
    [InlineData("fnv1a_64", 859421360)]
    [InlineData("fnv1_32", 3998346774)]
    [InlineData("fnv1a_32", 3094031760)]
    [InlineData("murmur", 3524845225)]
    [InlineData("jenkins", 3178748726)]
    public void Compute_OfBytesAbove127_CountsThemAsCDoes(string name, uint expected) =>
        Assert.Equal(expected, Hashes[name].Hash("schlüssel:鍵"u8));

    // twemproxy's src/test_all.c.
    [Fact]
    public void Compute_OfTwemproxysOwn_IsAsThere()
    {
        Assert.Equal(3662830516, CrcHash.Compute16("apple"u8));
        Assert.Equal(2838417488, CrcHash.Compute32A("apple"u8));
    }

    [Fact]
    public void Compute_OfNothing_IsDefined()
    {
        Assert.All(Hashes.Values, static pair => Assert.InRange(pair.Hash([]), 0UL, uint.MaxValue));
        Assert.Equal(0UL, HsiehHash.Compute([]));
    }

    [Fact]
    public void Compute_OfAnyKey_AllocatesNothing()
    {
        KeyHash[] all = [.. Hashes.Values.Select(static pair => pair.Hash), CrcHash.Compute16, XxHash3.Compute];
        var key = Encoding.ASCII.GetBytes(new string('k', 250));
        Array.ForEach(all, hash => hash(key));
        var before = GC.GetAllocatedBytesForCurrentThread();

        foreach (var hash in all)
        {
            hash(key);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
