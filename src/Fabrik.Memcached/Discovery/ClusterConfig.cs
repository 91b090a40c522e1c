using System.Buffers.Text;
using System.Net;
using System.Text;
using Fabrik.Memcached.Configuration;

namespace Fabrik.Memcached.Discovery;

/// <summary>
/// The list of a cluster's nodes, as ElastiCache has it: a line with the number of its version, and one with
/// <c>host|address|port</c> for each node, divided by spaces. The address may be missing.
/// </summary>
internal static class ClusterConfig
{
    private const int MaxHostLength = 255;

    /// <summary>Reads a list.</summary>
    /// <param name="text">What the endpoint sent.</param>
    /// <param name="nodes">The nodes in order of host and port; at least one.</param>
    /// <returns>False for what is no such list.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, out IReadOnlyList<ServerOptions> nodes)
    {
        nodes = [];
        var end = text.IndexOf((byte)'\n');
        if (end < 0
            || !Utf8Parser.TryParse(text[..end].Trim("\r "u8), out ulong _, out var used)
            || used != text[..end].Trim("\r "u8).Length)
        {
            return false;
        }

        var line = text[(end + 1)..].Trim("\r\n "u8);
        if (line.Contains((byte)'\n'))
        {
            return false;
        }

        var found = new List<ServerOptions>();
        foreach (var range in line.Split((byte)' '))
        {
            if (line[range].IsEmpty)
            {
                continue;
            }

            if (found.Count == ServerFinder.MaxServers || !TryReadNode(line[range], out var node))
            {
                return false;
            }

            found.Add(node);
        }

        nodes = [.. found.Distinct().OrderBy(static node => node.Host, StringComparer.Ordinal)
            .ThenBy(static node => node.Port)];
        return nodes.Count > 0;
    }

    private static bool TryReadNode(ReadOnlySpan<byte> text, out ServerOptions node)
    {
        node = null!;
        var first = text.IndexOf((byte)'|');
        var last = text.LastIndexOf((byte)'|');
        if (first < 0 || last == first)
        {
            return false;
        }

        var host = text[..first];
        var address = text[(first + 1)..last];
        var port = text[(last + 1)..];
        if (host.IsEmpty || host.Length > MaxHostLength || !IsPrintable(host) || address.Contains((byte)'|')
            || !Utf8Parser.TryParse(port, out ushort number, out var used) || used != port.Length || number == 0)
        {
            return false;
        }

        node = new ServerOptions(Encoding.ASCII.GetString(host), number);
        if (address.IsEmpty)
        {
            return true;
        }

        var isAddress = IPAddress.TryParse(Encoding.Latin1.GetString(address), out var parsed);
        node = node with { EndPoint = isAddress ? new IPEndPoint(parsed!, number) : null };
        return isAddress;
    }

    private static bool IsPrintable(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)'!', (byte)'~');
}
