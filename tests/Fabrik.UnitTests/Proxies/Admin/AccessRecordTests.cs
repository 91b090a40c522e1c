using System.Net;
using Fabrik.Proxies.Access;
using Fabrik.Proxies.Admin;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fabrik.UnitTests.Proxies.Admin;

public sealed class AccessRecordTests
{
    [Fact]
    public void Text_OfARequest_SaysWhoAskedForWhatAndWhatBecameOfIt()
    {
        var http = Request();
        RequestIdentity.Of(http, new Visitor("ann smith"), []);
        Assert.Equal(
            "192.0.2.7 ann+smith GET files /a%20b 200 0 1.5 hit",
            new AccessRecord(http)
            {
                Bucket = "files",
                Key = "/a%20b",
                Cache = "hit",
                Duration = TimeSpan.FromMilliseconds(1.5),
            }.ToString());
    }

    [Fact]
    public void Text_OfARequestForNothing_KeepsItsColumns() => Assert.Equal(
        "192.0.2.7 - GET - - 200 0 0 none",
        new AccessRecord(Request()) { Bucket = "", Key = "", Cache = "none" }.ToString());

    private static DefaultHttpContext Request()
    {
        DefaultHttpContext http = new();
        http.Request.Method = "GET";
        http.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.7");
        return http;
    }

    private sealed class Visitor(string subject) : IRequestAuthenticator
    {
        public AuthOutcome Authenticate(HttpRequest request) => AuthenticateToken([]);

        public AuthOutcome AuthenticateToken(ReadOnlySpan<char> token) =>
            new CachePrincipal { Subject = subject, Permissions = Permissions.Read };
    }
}
