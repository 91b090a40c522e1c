using System.Net;
using Fabrik.Server.Rpc;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fabrik.UnitTests.Server.Rpc;

public sealed class RpcPeerTests
{
    [Theory]
    [InlineData("10.1.2.3", "ipv4:10.1.2.3:99")]
    [InlineData("::1", "ipv6:[::1]:99")]
    [InlineData(null, "unix:")]
    public void Name_OfAClient_HasTheFormOfGrpc(string? address, string expected)
    {
        var connection = new DefaultHttpContext().Connection;
        connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        connection.RemotePort = 99;

        Assert.Equal(expected, RpcPeer.Name(connection));
    }
}
