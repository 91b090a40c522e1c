using Fabrik.Upstreams.Http;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.Http;

public sealed class HttpNamesTests
{
    [Theory]
    [InlineData("http://h/", HttpKeyLayout.Folders, "ab/abcd", "http://h/ab/abcd")]
    [InlineData("http://h/x%20y/", HttpKeyLayout.Folders, "p q/ab/abcd", "http://h/x%20y/p%20q/ab/abcd")]
    [InlineData("http://h/x/", HttpKeyLayout.Flat, "tenant/ab/abcd", "http://h/x/abcd")]
    [InlineData("http://h/ac/", HttpKeyLayout.Folders, "tenant/ab/abcd", "http://h/ac/abcd")]
    [InlineData("http://h/pool/cas/", HttpKeyLayout.Folders, "ab/abcd", "http://h/pool/cas/abcd")]
    [InlineData("http://h/", HttpKeyLayout.Folders, "a?b#c%2F", "http://h/a%3Fb%23c%252F")]
    public void Name_FollowsTheLayout(string url, HttpKeyLayout layout, string key, string expected) =>
        Assert.Equal(expected, new HttpNames(new Uri(url), layout).Of(key)?.AbsoluteUri);

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a/../b")]
    [InlineData("./a")]
    [InlineData("..")]
    public void Name_OutsideOfTheBase_IsNone(string key) =>
        Assert.Null(new HttpNames(new Uri("http://h/x/"), HttpKeyLayout.Folders).Of(key));
}
