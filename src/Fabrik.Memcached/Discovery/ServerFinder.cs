using System.Net;
using System.Net.Sockets;
using Fabrik.Memcached.Backends;
using Fabrik.Memcached.Configuration;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Discovery;

/// <summary>Finds the servers of a pool: those that DNS or a cluster tells of.</summary>
/// <param name="resolver">Asks DNS.</param>
internal sealed class ServerFinder(IDnsResolver resolver)
{
    /// <summary>Servers of a pool at most; what is found beyond them is left out.</summary>
    public const int MaxServers = 1024;

    /// <summary>Finds them, in an order that depends on nothing but them.</summary>
    /// <param name="discovery">Whom to ask.</param>
    /// <param name="connections">How servers are spoken to.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="SocketException">Nobody could be asked.</exception>
    /// <exception cref="IOException">The connection to whom was asked ended.</exception>
    /// <exception cref="InvalidDataException">The answer is none, or tells of no server.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">Who was asked refuses us.</exception>
    public Task<IReadOnlyList<ServerOptions>> FindAsync(
        DiscoveryOptions discovery, ConnectionOptions connections, CancellationToken cancellationToken) =>
        discovery.Kind == DiscoveryKind.Dns
            ? ResolveAsync(discovery, cancellationToken)
            : AskClusterAsync(discovery, connections, cancellationToken);

    private static async Task<IReadOnlyList<ServerOptions>> ReadAsync(
        ShortConnection connection, Verb verb, CancellationToken cancellationToken)
    {
        IReadOnlyList<ServerOptions> nodes = [];
        ServerReply reply;
        do
        {
            reply = await connection.ReadAsync(verb, cancellationToken);
            if (reply.ValueLength >= 0
                && !ClusterConfig.TryRead(connection.Message.Slice(reply.ValueOffset, reply.ValueLength), out nodes))
            {
                throw new InvalidDataException("The list of the cluster's nodes is not as it should be.");
            }
        }
        while (!reply.IsEnd);

        return nodes;
    }

    private static async Task<IReadOnlyList<ServerOptions>> AskAsync(
        ServerOptions endpoint, ConnectionOptions connections, CancellationToken cancellationToken)
    {
        using var connection = await ShortConnection.OpenAsync(
            endpoint, connections, MemcachedProtocol.Text, cancellationToken);
        await connection.SendAsync("config get cluster\r\n"u8.ToArray(), cancellationToken);
        var nodes = await ReadAsync(connection, Verb.Config, cancellationToken);
        if (nodes.Count > 0)
        {
            return nodes;
        }

        // Engines before 1.4.14 keep the list under a key.
        await connection.SendAsync("get AmazonElastiCache:cluster\r\n"u8.ToArray(), cancellationToken);
        nodes = await ReadAsync(connection, Verb.Get, cancellationToken);
        return nodes.Count > 0 ? nodes : throw new InvalidDataException("The endpoint tells of no nodes of a cluster.");
    }

    private async Task<IReadOnlyList<ServerOptions>> ResolveAsync(
        DiscoveryOptions dns, CancellationToken cancellationToken)
    {
        var addresses = await resolver.ResolveAsync(dns.Name, cancellationToken);
        if (addresses.Length == 0)
        {
            throw new InvalidDataException($"DNS has no address for {dns.Name}.");
        }

        return [.. addresses
            .Select(Plain)
            .Distinct()
            .OrderBy(static address => address.AddressFamily)
            .ThenBy(static address => address.GetAddressBytes(), ByteOrder.Instance)
            .Take(MaxServers)
            .Select(address => new ServerOptions(address.ToString(), dns.Port)
            {
                EndPoint = new IPEndPoint(address, dns.Port),
            })];
    }

    private async Task<IReadOnlyList<ServerOptions>> AskClusterAsync(
        DiscoveryOptions cluster, ConnectionOptions connections, CancellationToken cancellationToken)
    {
        var endpoint = await LocateAsync(new ServerOptions(cluster.Name, cluster.Port), cancellationToken);
        var nodes = await AskAsync(endpoint, connections, cancellationToken);
        return await Task.WhenAll(nodes.Select(node => LocateAsync(node, cancellationToken)));
    }

    private async Task<ServerOptions> LocateAsync(ServerOptions server, CancellationToken cancellationToken)
    {
        if (ServerAddress.Known(server) is not null)
        {
            return server;
        }

        var addresses = await resolver.ResolveAsync(server.Host, cancellationToken);
        var first = addresses.Select(Plain).OrderBy(static address => address.AddressFamily)
            .ThenBy(static address => address.GetAddressBytes(), ByteOrder.Instance).FirstOrDefault()
            ?? throw new InvalidDataException($"DNS has no address for {server.Host}.");
        return server with { EndPoint = new IPEndPoint(first, server.Port) };
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
