using System.Text;
using Fabrik.Memcached.Routing;
using Xunit;

namespace Fabrik.MemcachedTests.Routing;

public sealed class RoutePatternTests
{
    [Theory]
    [InlineData("user:42", PatternKind.Exact, "user:42")]
    [InlineData(@"a\*b\?\[c\\", PatternKind.Exact, @"a*b?[c\")]
    [InlineData("/", PatternKind.Exact, "/")]
    [InlineData("/user:1", PatternKind.Exact, "/user:1")]
    [InlineData("*", PatternKind.Prefix, "")]
    [InlineData("**", PatternKind.Prefix, "")]
    [InlineData("user:*", PatternKind.Prefix, "user:")]
    [InlineData("user:*:name", PatternKind.Glob, "user:")]
    [InlineData("*:name", PatternKind.Glob, "")]
    [InlineData("user:?", PatternKind.Glob, "user:")]
    [InlineData("/^user:[0-9]+$/", PatternKind.Regex, "user:")]
    [InlineData("/^ab*/", PatternKind.Regex, "a")]
    [InlineData("/^ab+/", PatternKind.Regex, "ab")]
    [InlineData("/^ab{0}/", PatternKind.Regex, "a")]
    [InlineData(@"/^a\.b\d/", PatternKind.Regex, "a.b")]
    [InlineData(@"/^a\.?b/", PatternKind.Regex, "a")]
    [InlineData("/^ab|c/", PatternKind.Regex, "")]
    [InlineData("/ab/", PatternKind.Regex, "")]
    [InlineData("//", PatternKind.Regex, "")]
    public void TryParse_OfAPattern_HasAKindAndABeginning(string text, object kind, string prefix)
    {
        var pattern = Parse(text);

        Assert.Equal(kind, pattern.Kind);
        Assert.Equal(prefix, Encoding.UTF8.GetString(pattern.Prefix));
    }

    [Theory]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "aéc", true)]
    [InlineData("a?c", "a鍵c", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("a??c", "aéc", false)]
    [InlineData("*??", "é", false)]
    [InlineData("a*c*e", "abcde", true)]
    [InlineData("a*c*e", "abcdf", false)]
    [InlineData("a*bc", "abbc", true)]
    [InlineData("*a*a*", "a", false)]
    [InlineData("*a*a*", "aa", true)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[a-c]x", "dx", false)]
    [InlineData("[^a-c]x", "dx", true)]
    [InlineData("[!a-c]x", "éx", true)]
    [InlineData("[^a-c]x", "ax", false)]
    [InlineData(@"[\]\-x]?", "]a", true)]
    [InlineData(@"[\]\-x]?", "-a", true)]
    [InlineData("[a-]?", "-a", true)]
    [InlineData("clé:*:x", "clé:1:x", true)]
    [InlineData("/^user:[0-9]+$/", "user:42", true)]
    [InlineData("/^user:[0-9]+$/", "user:42a", false)]
    [InlineData("/42/", "user:42a", true)]
    [InlineData("/^.$/", "é", true)]
    [InlineData("/^(?i)USER/", "user", true)]
    [InlineData("/^(a|aa)+$/", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", false)]
    public void IsMatch_OfAKey_IsAsThePatternSays(string text, string key, bool expected)
    {
        var view = new KeyText(Encoding.UTF8.GetBytes(key), new char[RouteTable.MaxKeyLength]);

        Assert.Equal(expected, Parse(text).IsMatch(ref view));
    }

    [Fact]
    public void IsMatch_OfBytesThatAreNoText_TakesThemForCharacters()
    {
        var view = new KeyText([(byte)'a', 0xC3, 0xFF, (byte)'b'], new char[RouteTable.MaxKeyLength]);

        Assert.True(Parse("a??b").IsMatch(ref view));
        Assert.True(Parse("/^a..b$/").IsMatch(ref view));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("user:[a-z", "position 6")]
    [InlineData("user:[]", "position 6")]
    [InlineData("user:[z-a]", "position 7")]
    [InlineData("user:[aé]", "position 8")]
    [InlineData("user:\\", "position 6")]
    [InlineData("user:[a\\", "position 8")]
    [InlineData("/user:(/", "position 8")]
    [InlineData("/a**/", "position 5")]
    [InlineData("/(?=a)/", "very long")]
    [InlineData(@"/(a)\1/", "very long")]
    public void TryParse_OfAWrongPattern_SaysWhere(string text, string expected)
    {
        Assert.False(RoutePattern.TryParse(text, out var pattern, out var error));

        Assert.Null(pattern);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_OfAPatternTooLong_IsRefused() =>
        Assert.False(RoutePattern.TryParse(new string('a', RoutePattern.MaxLength + 1), out _, out _));

    [Theory]
    [InlineData(250, "", true)]
    [InlineData(250, "*", true)]
    [InlineData(251, "", false)]
    [InlineData(251, "*", false)]
    [InlineData(251, "?x", false)]
    public void TryParse_OfWhatNoKeyIsLongEnoughFor_IsAnError(int bytes, string rest, bool isRight)
    {
        Assert.Equal(isRight, RoutePattern.TryParse(new string('a', bytes) + rest, out _, out var error));
        Assert.Equal(isRight, error is null);
    }

    private static RoutePattern Parse(string text)
    {
        Assert.True(RoutePattern.TryParse(text, out var pattern, out var error), error);
        return pattern!;
    }
}
