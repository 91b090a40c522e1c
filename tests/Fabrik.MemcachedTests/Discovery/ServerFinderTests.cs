using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Discovery;
using Fabrik.MemcachedTests.Proxies;
using Xunit;

namespace Fabrik.MemcachedTests.Discovery;

public sealed class ServerFinderTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly ScriptedResolver _dns = new();

    [Fact]
    public async Task FindAsync_ByDns_GivesAllAddressesInOrder()
    {
        _dns.Set("cache", "10.0.0.2", "fd00::2", "10.0.0.1", "::ffff:10.0.0.2");

        var servers = await FindAsync(new DiscoveryOptions(DiscoveryKind.Dns, "cache", 11311, Interval));

        Assert.Equal(
            "10.0.0.1:11311 10.0.0.2:11311 fd00::2:11311",
            string.Join(' ', servers.Select(static s => s.ToString())));
        Assert.Equal("10.0.0.1:11311", servers[0].EndPoint!.ToString());
    }

    [Fact]
    public async Task FindAsync_ByACluster_AsksItsEndpoint()
    {
        using var server = new ScriptedServer();
        _dns.Set("config", "127.0.0.1");
        _dns.Set("node2", "10.0.0.2");
        var finding = FindAsync(new DiscoveryOptions(DiscoveryKind.ElastiCache, "config", server.Port, Interval));
        using var connection = server.Accept();
        connection.Expect("config get cluster\r\n");
        connection.Send("CONFIG cluster 0 37\r\n7\nnode2||11211 node1|10.0.0.1|11211\n\n\r\nEND\r\n");

        var servers = await finding;

        Assert.Equal("node1:11211 node2:11211", string.Join(' ', servers.Select(static s => s.ToString())));
        Assert.Equal(
            "10.0.0.1:11211 10.0.0.2:11211",
            string.Join(' ', servers.Select(static s => s.EndPoint!.ToString())));
    }

    [Fact]
    public async Task FindAsync_ByAClusterOfAnOldEngine_AsksForItsKey()
    {
        using var server = new ScriptedServer();
        var finding = FindAsync(new DiscoveryOptions(DiscoveryKind.ElastiCache, "127.0.0.1", server.Port, Interval));
        using var connection = server.Accept();
        connection.Expect("config get cluster\r\n");
        connection.Send("ERROR\r\n");
        connection.Expect("get AmazonElastiCache:cluster\r\n");
        connection.Send("VALUE AmazonElastiCache:cluster 0 23\r\n7\nnode1|10.0.0.1|11211\n\r\nEND\r\n");

        Assert.Equal("node1:11211", string.Join(' ', (await finding).Select(static s => s.ToString())));
    }

    [Theory]
    [InlineData("CONFIG cluster 0 5\r\n7\nxyz\r\nEND\r\n")]
    [InlineData("CONFIG cluster 0 999999999\r\n")]
    [InlineData("VALUE x 0 1\r\n1\r\nEND\r\n")]
    public async Task FindAsync_ByAClusterThatAnswersWrong_Fails(string answer)
    {
        using var server = new ScriptedServer();
        var finding = FindAsync(new DiscoveryOptions(DiscoveryKind.ElastiCache, "127.0.0.1", server.Port, Interval));
        using var connection = server.Accept();
        connection.Expect("config get cluster\r\n");
        connection.Send(answer);

        await Assert.ThrowsAsync<InvalidDataException>(() => finding);
    }

    private Task<IReadOnlyList<ServerOptions>> FindAsync(DiscoveryOptions discovery) =>
        new ServerFinder(_dns).FindAsync(
            discovery, new ConnectionOptions(), TestContext.Current.CancellationToken);
}
