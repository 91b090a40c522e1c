using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Memcached;

/// <summary>Servers of memcached that speak TLS, behind <c>fabrik memcached-proxy</c>.</summary>
public sealed class ServerTlsTests : IDisposable
{
    private const string Health = MemcachedProxyServer.QuickHealth;

    private readonly Sandbox _sandbox = new();
    private readonly TestCertificate _certificate;

    public ServerTlsTests() => _certificate = TestCertificate.Create(_sandbox, "memcached");

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData(MemcachedRelease.Installed)]
    [InlineData(MemcachedRelease.Newest)]
    public async Task Values_SmallAndLarge_TravelEncrypted(MemcachedRelease release)
    {
        await using var stack = await StartAsync(release, Connection());
        using var client = await stack.Proxy.ConnectAsync();
        string large = new('L', 700_000);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("STORED", client.Set($"small:{i}", $"value {i}"));
            Assert.Equal("STORED", client.Set($"large:{i}", large));
        }

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal($"value {i}", client.Get($"small:{i}"));
            Assert.True(large == client.Get($"large:{i}"), stack.Proxy.Log);
        }

        await stack.Proxy.ProbedAsync(5);
        var metrics = await stack.Proxy.ReadMetricsAsync();
        Assert.Equal(0, metrics.Sum("fabrik_memcached_server_failed_probes_total"));
        Assert.Equal(2, metrics.Sum("fabrik_memcached_server_state", ("state", "alive")));
    }

    [Fact]
    public async Task Server_Restarted_IsFoundByItsProbes()
    {
        await using var stack = await StartAsync(MemcachedRelease.Installed, Connection(), servers: 1);
        using var client = await stack.Proxy.ConnectAsync();
        Assert.Equal("STORED", client.Set("key", "value"));
        await stack.Servers[0].KillAsync();
        await stack.Proxy.StateAsync("dead");
        Assert.Equal($"SERVER_ERROR backend pool/{stack.Servers[0].Address} is down", client.Get("key"));

        await stack.Servers[0].StartAgainAsync();
        await stack.Proxy.StateAsync("alive");
        Assert.Equal("STORED", client.Set("key", "value"));
    }

    [Theory]
    [InlineData("connection: { tls: true }", "PartialChain")]
    [InlineData(
        "connection: { tls: true, tls_ca_file: \"{ca}\", tls_server_name: other.example }", "NameMismatch")]
    public async Task Server_WhoseCertificateIsNotTrusted_IsDeadAndToldInTheLog(string connection, string reason)
    {
        var ca = connection.Replace("{ca}", _certificate.AuthorityFile, StringComparison.Ordinal);
        await using var stack = await StartAsync(MemcachedRelease.Installed, ca, servers: 1);
        using var client = await stack.Proxy.ConnectAsync();

        Assert.StartsWith("SERVER_ERROR backend pool/", client.Get("key"), StringComparison.Ordinal);
        await stack.Proxy.StateAsync("dead");
        await stack.Proxy.LoggedAsync("is taken for dead (Refused)");
        Assert.Contains(reason, stack.Proxy.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Server_ThatIsSpokenToInTheWrongWay_IsDead(bool isServerEncrypted)
    {
        var setup = isServerEncrypted ? new MemcachedSetup().WithTls(_certificate) : new MemcachedSetup();
        var connection = isServerEncrypted ? "" : Connection() + "\n      ";
        await using var stack = await ProxiedServers.StartAsync(_sandbox, 1, setup, connection + Health);
        using var client = await stack.Proxy.ConnectAsync();

        Assert.StartsWith("SERVER_ERROR backend pool/", client.Get("key"), StringComparison.Ordinal);
        await stack.Proxy.StateAsync("dead");
        Assert.EndsWith(" is down", client.Get("key"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Discovery_ByAnEndpointThatSpeaksTls_FindsTheServersAndFollowsThem()
    {
        var setup = new MemcachedSetup().WithTls(_certificate);
        await using var endpoint = await MemcachedServer.StartAsync(_sandbox, setup);
        await using var first = await MemcachedServer.StartAsync(_sandbox, setup);
        await using var second = await MemcachedServer.StartAsync(_sandbox, setup);
        await using var writer = await MemcachedProxyServer.StartAsync(
            _sandbox, MemcachedProxyServer.Yaml(MemcachedProxyServer.Pool([endpoint], Connection())));
        using var nodes = await writer.ConnectAsync();
        Assert.Equal("STORED", Announce(nodes, 1, first));
        var pool = $$"""
              backends:
                pool:
                  type: memcached_pool
                  discovery: { type: elasticache, name: 127.0.0.1, port: {{endpoint.Port}}, interval: 1s }
                  {{Connection()}}
              routes: { all: { backend: pool } }
            """;
        await using var proxy = await MemcachedProxyServer.StartAsync(_sandbox, MemcachedProxyServer.Yaml(pool));
        using var client = await proxy.ConnectAsync();
        Assert.True(client.Set("key", "value") == "STORED", proxy.Log);
        Assert.Equal("value", client.Get("key"));

        Assert.Equal("STORED", Announce(nodes, 2, second));
        await Poll.UntilAsync(() => client.Get("key") is null, () => $"the key has not moved:\n{proxy.Log}");
        Assert.Equal("STORED", client.Set("key", "other"));
        Assert.Equal("STORED", Announce(nodes, 3, first));
        await Poll.UntilAsync(() => client.Get("key") == "value", () => $"the key has not moved back:\n{proxy.Log}");
    }

    // As engines before 1.4.14 of ElastiCache keep the list, under a key.
    private static string? Announce(MemcachedClient client, int version, MemcachedServer server) =>
        client.Set("AmazonElastiCache:cluster", $"{version}\nlocalhost|127.0.0.1|{server.Port}\n");

    private string Connection() =>
        $"connection: {{ tls: true, tls_ca_file: \"{_certificate.AuthorityFile}\", tls_server_name: 127.0.0.1 }}";

    private Task<ProxiedServers> StartAsync(MemcachedRelease release, string connection, int servers = 2) =>
        ProxiedServers.StartAsync(
            _sandbox,
            servers,
            new MemcachedSetup { Release = release }.WithTls(_certificate),
            connection + "\n      " + Health);
}
