using System.Text;
using Fabrik.Wire.Memcached.Hashing;
using Xunit;

namespace Fabrik.MemcachedTests.Wire.Hashing;

public sealed class HashTagTests
{
    [Theory]
    [InlineData("{}", "user:{42}:name", "42")]
    [InlineData("{}", "user:{42", "user:{42")]
    [InlineData("{}", "user:42}", "user:42}")]
    [InlineData("{}", "user:{}:{42}", "user:{}:{42}")]
    [InlineData("{}", "}{42}", "42")]
    [InlineData("$$", "a$b$c$d", "b")]
    [InlineData(null, "user:{42}", "user:{42}")]
    [InlineData("", "user:{42}", "user:{42}")]
    public void Select_OfAKey_IsWhatStandsBetween(string? tag, string key, string expected)
    {
        Assert.True(HashTag.TryParse(tag, out var parsed));

        Assert.Equal(expected, Encoding.ASCII.GetString(parsed.Select(Encoding.ASCII.GetBytes(key))));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}}")]
    [InlineData("{ ")]
    [InlineData("ä}")]
    public void TryParse_OfAnythingElse_Fails(string tag) => Assert.False(HashTag.TryParse(tag, out _));
}
