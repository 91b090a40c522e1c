using Fabrik.Wire.Http.Caching;
using Xunit;
using static Fabrik.UnitTests.Wire.Http.Caching.Exchanges;

namespace Fabrik.UnitTests.Wire.Http.Caching;

public sealed class InvalidationTests
{
    private static readonly RequestTarget Target = new("http", "example.org:8080", "/a/b%2F..//c?q=1");

    [Theory]
    [InlineData("POST", 200, true)]
    [InlineData("PUT", 204, true)]
    [InlineData("DELETE", 303, true)]
    [InlineData("M-SEARCH", 200, true)]
    [InlineData("POST", 404, false)]
    [InlineData("POST", 500, false)]
    [InlineData("GET", 200, false)]
    [InlineData("HEAD", 200, false)]
    [InlineData("OPTIONS", 200, false)]
    public void Target_OfASuccessfulChange_IsInvalid(string method, int status, bool expected) => Assert.Equal(
        expected ? [Target.PathAndQuery] : [], Invalidation.TargetsOf(method, Target, status, []));

    [Fact]
    public void Targets_OfTheResponse_AreInvalidToo() => Assert.Equal(
        [Target.PathAndQuery, "/x", "/a/b%2F..//y"],
        Invalidation.TargetsOf("POST", Target, 201, Fields("Location: /x", "content-location: y")));

    [Theory]
    [InlineData("/x?y=1#z", "/x?y=1")]
    [InlineData("http://EXAMPLE.org:8080/x", "/x")]
    [InlineData("HTTP://example.org:8080", "/")]
    [InlineData("http://example.org:8080?q", "/?q")]
    [InlineData("//example.org:8080/x", "/x")]
    [InlineData("?q=2", "/a/b%2F..//c?q=2")]
    [InlineData("", "/a/b%2F..//c?q=1")]
    [InlineData("x", "/a/b%2F..//x")]
    [InlineData("/x/../y/./z/..", "/y/")]
    [InlineData("/../x", "/x")]
    [InlineData("x:y", null)]
    [InlineData("https://example.org:8080/x", null)]
    [InlineData("http://example.org/x", null)]
    [InlineData("http://other.org:8080/x", null)]
    [InlineData("//other.org/x", null)]
    [InlineData("mailto:x@example.org", null)]
    public void Reference_OfTheSameOrigin_IsResolved(string reference, string? expected) =>
        Assert.Equal(expected, Target.ResolveSameOrigin(reference));

    [Fact]
    public void Port_OfTheScheme_NeedNotBeWritten()
    {
        Assert.Equal("/x", new RequestTarget("http", "a", "/").ResolveSameOrigin("http://a:80/x"));
        Assert.Equal("/x", new RequestTarget("https", "a:443", "/").ResolveSameOrigin("//A/x"));
        Assert.Null(new RequestTarget("https", "a", "/").ResolveSameOrigin("https://a:80/x"));
    }

    [Theory]
    [InlineData("Content-Location: http://example.org:8080/a/b%2F..//c?q=1", true)]
    [InlineData("Content-Location: ?q=1", true)]
    [InlineData("Content-Location: /other", false)]
    [InlineData("X: y", false)]
    public void Response_ThatIsItsTarget_SaysSo(string line, bool expected) =>
        Assert.Equal(expected, Invalidation.IsAtItsTarget(Target, Fields(line)));
}
