using Fabrik.Proxies.Site;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fabrik.UnitTests.Proxies.Site;

public sealed class CorsRuleTests
{
    private static readonly CorsRule Rule = new()
    {
        Origins = ["https://app.example.com", "https://*.pages.example"],
        RequestHeaders = ["Authorization", "X-One"],
        ExposedHeaders = ["ETag"],
        MaxAge = TimeSpan.FromMinutes(5),
    };

    [Theory]
    [InlineData("https://app.example.com", true)]
    [InlineData("https://a.pages.example", true)]
    [InlineData("https://a.b.pages.example", true)]
    [InlineData("https://pages.example", false)]
    [InlineData("https://evil.com:1/.pages.example", false)]
    [InlineData("http://app.example.com", false)]
    [InlineData("https://app.example.com.evil.com", false)]
    [InlineData("null", false)]
    public void Write_ForAnOrigin_AllowsThoseOfTheRule(string origin, bool isAllowed)
    {
        var http = Request("GET", origin);
        http.Response.Headers["Access-Control-Allow-Origin"] = "what the bucket says";
        Rule.Write(http);
        Assert.Equal(isAllowed ? origin : "", http.Response.Headers.AccessControlAllowOrigin.ToString());
        Assert.Equal(isAllowed ? "ETag" : "", http.Response.Headers.AccessControlExposeHeaders.ToString());
        Assert.Equal("Origin", http.Response.Headers.Vary.ToString());
    }

    [Fact]
    public void Write_ForAnyOrigin_IsTheSameForAll()
    {
        var http = Request("GET", "https://anybody.example");
        new CorsRule { Origins = ["*"] }.Write(http);
        Assert.Equal("*", http.Response.Headers.AccessControlAllowOrigin.ToString());
        Assert.Equal(0, http.Response.Headers.Vary.Count);
    }

    [Theory]
    [InlineData("GET", "authorization, x-one", true)]
    [InlineData("HEAD", null, true)]
    [InlineData("PUT", null, false)]
    [InlineData("GET", "x-two", false)]
    public void Preflight_GetsAPermissionForWhatIsAllowed(string method, string? headers, bool isAllowed)
    {
        var http = Request("OPTIONS", "https://app.example.com");
        http.Request.Headers.AccessControlRequestMethod = method;
        http.Request.Headers.AccessControlRequestHeaders = headers;
        Assert.True(CorsRule.IsPreflight(http.Request));
        Rule.AnswerPreflight(http);
        Assert.Equal(204, http.Response.StatusCode);
        Assert.Equal(
            isAllowed ? "https://app.example.com" : "", http.Response.Headers.AccessControlAllowOrigin.ToString());
        Assert.Equal(isAllowed ? "300" : "", http.Response.Headers.AccessControlMaxAge.ToString());
        Assert.Contains("Origin", http.Response.Headers.Vary.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Preflight_OfAnOptionsRequestWithoutOrigin_IsNone()
    {
        DefaultHttpContext http = new();
        http.Request.Method = "OPTIONS";
        Assert.False(CorsRule.IsPreflight(http.Request));
    }

    private static DefaultHttpContext Request(string method, string origin)
    {
        DefaultHttpContext http = new();
        http.Request.Method = method;
        http.Request.Headers.Origin = origin;
        return http;
    }
}
