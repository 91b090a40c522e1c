using System.Net;
using System.Net.Sockets;

namespace Fabrik.Proxies.Limits;

/// <summary>Which client a request is counted for.</summary>
/// <param name="Text">The subject of a token, or an address.</param>
/// <param name="IsSubject">Which of both, so that nobody takes the other's share by a clever name.</param>
public readonly record struct ClientKey(string Text, bool IsSubject)
{
    // One household or machine has at least a network of this many bits: its addresses are one client.
    private const int Ipv6Prefix = 64;

    /// <summary>A token's subject.</summary>
    public static ClientKey OfSubject(string subject) => new(subject, IsSubject: true);

    /// <summary>An address; of IPv6 its network.</summary>
    public static ClientKey OfAddress(IPAddress? address)
    {
        if (address is not { AddressFamily: AddressFamily.InterNetworkV6 })
        {
            return new ClientKey(address?.ToString() ?? "", IsSubject: false);
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[(Ipv6Prefix / 8)..].Clear();
        return new ClientKey(new IPAddress(bytes).ToString(), IsSubject: false);
    }
}
