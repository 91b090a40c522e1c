using Fabrik.Proxies.Site;
using Xunit;

namespace Fabrik.UnitTests.Proxies.Site;

public sealed class SiteRuleTests
{
    private static readonly SiteRule Rule = new()
    {
        IndexDocument = "index.html",
        ErrorDocument = "errors/not found.html",
        FallbackDocument = "app.html",
    };

    [Theory]
    [InlineData("/", "/index.html")]
    [InlineData("/a/?x=/", "/a/index.html?x=/")]
    [InlineData("/a", "/a")]
    [InlineData("/a?b=/", "/a?b=/")]
    public void WithIndex_OfAFolder_IsItsDocument(string target, string expected) =>
        Assert.Equal(expected, Rule.WithIndex(target));

    [Theory]
    [InlineData("/users/7", "/app.html", 200)]
    [InlineData("/users/index.html", "/app.html", 200)]
    [InlineData("/logo.png?v=1", "/errors/not%20found.html", 404)]
    [InlineData("/v1.2/users", "/app.html", 200)]
    public void Fallback_OfAPath_IsThePageOrTheError(string target, string expected, int status) =>
        Assert.Equal((expected, status), Rule.FallbackOf(target));

    [Fact]
    public void Fallback_WithoutDocuments_IsNone() => Assert.Null(new SiteRule().FallbackOf("/a"));
}
