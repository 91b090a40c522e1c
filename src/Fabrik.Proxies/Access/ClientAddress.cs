using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Fabrik.Proxies.Access;

/// <summary>
/// The address of whoever asks: that of the connection, or what trusted proxies in between say in
/// <c>X-Forwarded-For</c>.
/// </summary>
public static class ClientAddress
{
    // Proxies one behind another; a longer list is somebody's joke.
    private const int MaxHops = 32;

    /// <summary>The address.</summary>
    /// <param name="context">The request.</param>
    /// <param name="trusted">The networks whose word is taken.</param>
    public static IPAddress? Of(HttpContext context, IReadOnlyList<IPNetwork> trusted)
    {
        var address = Plain(context.Connection.RemoteIpAddress);
        if (trusted.Count == 0 || address is null || !IsTrusted(address, trusted))
        {
            return address;
        }

        return Forwarded(address, context.Request.Headers["X-Forwarded-For"], trusted);
    }

    // From the right: each entry was written by the one behind it, so the first that is not trusted is the client.
    private static IPAddress Forwarded(IPAddress nearest, StringValues header, IReadOnlyList<IPNetwork> trusted)
    {
        var hops = 0;
        for (var line = header.Count - 1; line >= 0; line--)
        {
            var rest = header[line].AsSpan();
            while (!rest.IsEmpty)
            {
                var comma = rest.LastIndexOf(',');
                if (++hops > MaxHops || !TryParse(rest[(comma + 1)..].Trim(), out var address))
                {
                    return nearest;
                }

                nearest = address;
                if (!IsTrusted(address, trusted))
                {
                    return nearest;
                }

                rest = comma < 0 ? [] : rest[..comma];
            }
        }

        return nearest;
    }

    // Some proxies write a port behind the address.
    private static bool TryParse(ReadOnlySpan<char> text, out IPAddress address)
    {
        if (IPAddress.TryParse(text, out var parsed) && (text.Contains('.') || text.Contains(':')))
        {
            address = Plain(parsed)!;
            return true;
        }

        var isEndPoint = IPEndPoint.TryParse(text, out var point);
        address = isEndPoint ? Plain(point!.Address)! : IPAddress.None;
        return isEndPoint;
    }

    private static bool IsTrusted(IPAddress address, IReadOnlyList<IPNetwork> trusted)
    {
        for (var i = 0; i < trusted.Count; i++)
        {
            if (trusted[i].Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    // A socket for both families shows IPv4 addresses inside IPv6.
    private static IPAddress? Plain(IPAddress? address) =>
        address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: true }
            ? address.MapToIPv4()
            : address;
}
