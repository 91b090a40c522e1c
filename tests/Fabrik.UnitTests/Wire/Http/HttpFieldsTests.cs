using Fabrik.Wire.Http;
using Xunit;

namespace Fabrik.UnitTests.Wire.Http;

public sealed class HttpFieldsTests
{
    private const string One = "RK/5qy6MsqKMdgf8jR0i0C1I5r4Tt9uHI1vCkP0Ekks=";
    private const string Two = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    [Theory]
    [InlineData("bytes=0-0", 10, RangeKind.Part, 0, 1)]
    [InlineData("BYTES=2-", 10, RangeKind.Part, 2, 8)]
    [InlineData("bytes=2-99", 10, RangeKind.Part, 2, 8)]
    [InlineData("bytes=2-99999999999999999999", 10, RangeKind.Part, 2, 8)]
    [InlineData("bytes=-3", 10, RangeKind.Part, 7, 3)]
    [InlineData("bytes=-30", 10, RangeKind.Part, 0, 10)]
    [InlineData("bytes=-30", 0, RangeKind.Whole, 0, 0)]
    [InlineData("bytes=-0", 10, RangeKind.Unsatisfiable, 10, 0)]
    [InlineData("bytes=10-", 10, RangeKind.Unsatisfiable, 0, 10)]
    [InlineData("bytes=0-", 0, RangeKind.Unsatisfiable, 0, 0)]
    [InlineData("bytes=3-2", 10, RangeKind.Whole, 0, 10)]
    [InlineData("bytes=0-1,3-4", 10, RangeKind.Whole, 0, 10)]
    [InlineData("bytes=+1-2", 10, RangeKind.Whole, 0, 10)]
    [InlineData("bytes=-", 10, RangeKind.Whole, 0, 10)]
    [InlineData("lines=1-2", 10, RangeKind.Whole, 0, 10)]
    [InlineData("", 10, RangeKind.Whole, 0, 10)]
    public void Range_OfASize_IsThatPart(string header, long size, RangeKind kind, long offset, long length)
    {
        Assert.Equal(kind, ByteRange.Parse(header, size, out var range));
        Assert.Equal(new ByteRange(offset, length), range);
    }

    [Theory]
    [InlineData("\"a\"", true, true)]
    [InlineData("W/\"a\"", false, true)]
    [InlineData(" , \"b\" ,, \"a\"", true, true)]
    [InlineData("\"b,\\\"\"", false, false)]
    [InlineData("*", true, true)]
    [InlineData("a", false, false)]
    [InlineData("\"a", false, false)]
    [InlineData("", false, false)]
    public void Tags_NameATag(string list, bool strongly, bool weakly)
    {
        Assert.Equal(strongly, EntityTags.Match(list, "\"a\"", weakly: false));
        Assert.Equal(weakly, EntityTags.Match(list, "\"a\"", weakly: true));
    }

    [Theory]
    [InlineData("W/\"a\"", true)]
    [InlineData("\"b\", \"a\"", true)]
    [InlineData("\"W/\", W/\"b\"", false)]
    public void Tags_NameAWeakTag_OnlyWeakly(string list, bool weakly)
    {
        Assert.False(EntityTags.Match(list, "W/\"a\"", weakly: false));
        Assert.Equal(weakly, EntityTags.Match(list, "W/\"a\"", weakly: true));
        Assert.True(EntityTags.Match("*", "W/\"a\"", weakly: false));
    }

    [Theory]
    [InlineData("sha-256=:" + One + ":", DigestFinding.Found)]
    [InlineData("md5=:AAAA:, SHA-256=" + One, DigestFinding.Found)]
    [InlineData("sha-256=:" + One + ":;x=1", DigestFinding.Found)]
    [InlineData("sha-256=:" + One + ":, sha-256=:" + One + ":", DigestFinding.Found)]
    [InlineData("sha-256=:" + One + ":, sha-256=:" + Two + ":", DigestFinding.Malformed)]
    [InlineData("sha-256=:" + One, DigestFinding.Malformed)]
    [InlineData("sha-256=:" + One + ":x", DigestFinding.Malformed)]
    [InlineData("sha-256=", DigestFinding.Malformed)]
    [InlineData("sha-512=:" + One + ":", DigestFinding.None)]
    [InlineData("sha-256", DigestFinding.None)]
    [InlineData("", DigestFinding.None)]
    public void Digest_IsFoundInAField(string field, DigestFinding expected)
    {
        var digest = new byte[DigestFields.Sha256Length];

        Assert.Equal(expected, DigestFields.FindSha256(field, digest));

        if (expected == DigestFinding.Found)
        {
            Assert.Equal(One, Convert.ToBase64String(digest));
        }
    }

    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT")]
    [InlineData("Sun Nov  6 08:49:37 1994")]
    public void Date_InEachOfItsForms_IsTheSame(string text)
    {
        Assert.True(HttpDate.TryParse(text, out var date));
        Assert.Equal("Sun, 06 Nov 1994 08:49:37 GMT", HttpDate.Format(date));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1994-11-06T08:49:37Z")]
    [InlineData("Foo, 06 Nov 1994 08:49:37 GMT")]
    public void Date_OfAnotherForm_IsNone(string text) => Assert.False(HttpDate.TryParse(text, out _));
}
