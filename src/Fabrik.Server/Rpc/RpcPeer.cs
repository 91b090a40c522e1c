using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Rpc;

/// <summary>A client's address in the form of gRPC's names ("gRPC Name Resolution").</summary>
internal static class RpcPeer
{
    public static string Name(ConnectionInfo connection) => connection.RemoteIpAddress switch
    {
        null => "unix:",
        { AddressFamily: AddressFamily.InterNetworkV6 } address =>
            string.Create(CultureInfo.InvariantCulture, $"ipv6:[{address}]:{connection.RemotePort}"),
        var address => string.Create(CultureInfo.InvariantCulture, $"ipv4:{address}:{connection.RemotePort}"),
    };
}
