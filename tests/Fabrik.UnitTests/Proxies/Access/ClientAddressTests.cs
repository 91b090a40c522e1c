using System.Net;
using Fabrik.Proxies.Access;
using Fabrik.Proxies.Limits;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fabrik.UnitTests.Proxies.Access;

public sealed class ClientAddressTests
{
    private static readonly IPNetwork[] Trusted = [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fd00::/8")];

    [Theory]
    [InlineData("192.0.2.1", "203.0.113.9", "192.0.2.1")]
    [InlineData("10.0.0.1", null, "10.0.0.1")]
    [InlineData("10.0.0.1", "203.0.113.9", "203.0.113.9")]
    [InlineData("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9")]
    [InlineData("10.0.0.1", "203.0.113.9:4711", "203.0.113.9")]
    [InlineData("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1")]
    [InlineData("10.0.0.1", "2001:db8::1", "2001:db8::1")]
    [InlineData("fd00::1", "10.0.0.9", "10.0.0.9")]
    [InlineData("10.0.0.1", "203.0.113.9, unknown, 10.0.0.2", "10.0.0.2")]
    [InlineData("10.0.0.1", "unknown", "10.0.0.1")]
    public void Of_AConnection_BelievesTrustedProxiesOnly(string remote, string? forwarded, string expected)
    {
        DefaultHttpContext http = new();
        http.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        http.Request.Headers["X-Forwarded-For"] = forwarded;
        Assert.Equal(IPAddress.Parse(expected), ClientAddress.Of(http, Trusted));
    }

    [Fact]
    public void Of_TwoHeaderLines_ReadsTheLastFirst()
    {
        DefaultHttpContext http = new();
        http.Connection.RemoteIpAddress = IPAddress.Parse("10.0.0.1");
        http.Request.Headers["X-Forwarded-For"] = new(["1.1.1.1", "203.0.113.9"]);
        Assert.Equal(IPAddress.Parse("203.0.113.9"), ClientAddress.Of(http, Trusted));
    }

    [Fact]
    public void Key_OfIpv6_IsItsNetwork()
    {
        var one = ClientKey.OfAddress(IPAddress.Parse("2001:db8:1:2::1"));
        Assert.Equal(one, ClientKey.OfAddress(IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.NotEqual(one, ClientKey.OfAddress(IPAddress.Parse("2001:db8:1:3::1")));
        Assert.NotEqual(one, ClientKey.OfSubject(one.Text));
    }
}
