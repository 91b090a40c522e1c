using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Memcached;

/// <summary>Servers of memcached that want to know who asks, by a file of users or by SASL.</summary>
public sealed class ServerCredentialsTests : IDisposable
{
    private const string Health = MemcachedProxyServer.QuickHealth;
    private const string BinaryGet = "\x80\0\0\x1\0\0\0\0\0\0\0\x1\0\0\0\x7\0\0\0\0\0\0\0\0k";
    private const string BinarySet =
        "\x80\x1\0\x1\x8\0\0\0\0\0\0\xe\0\0\0\x5\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0khello";

    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData(MemcachedRelease.Installed)]
    [InlineData(MemcachedRelease.Newest)]
    public async Task File_WithTheRightPassword_ServesTextAndMetaAndProbes(MemcachedRelease release)
    {
        await using var stack = await ProxiedServers.StartAsync(
            _sandbox, 2, UserFile(release), Connection("secret"));
        using var client = await stack.Proxy.ConnectAsync();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("STORED", client.Set($"key:{i}", $"value {i}"));
            Assert.Equal($"value {i}", client.Get($"key:{i}"));
        }

        Assert.Equal("HD s7", client.Ask("mg key:1 s"));
        await stack.Proxy.ProbedAsync(5);
        var metrics = await stack.Proxy.ReadMetricsAsync();
        Assert.Equal(0, metrics.Sum("fabrik_memcached_server_failed_probes_total"));
        Assert.Equal(2, metrics.Sum("fabrik_memcached_server_state", ("state", "alive")));
    }

    [Theory]
    [InlineData(MemcachedRelease.Installed)]
    [InlineData(MemcachedRelease.Newest)]
    public async Task File_WithAWrongPassword_IsToldToClientsAndInTheLog(MemcachedRelease release)
    {
        await using var stack = await ProxiedServers.StartAsync(
            _sandbox, 1, UserFile(release), Connection("mistyped") + "\n      health: { probe_interval: 60s }");
        using var client = await stack.Proxy.ConnectAsync();
        var server = $"pool/{stack.Servers[0].Address}";

        Assert.Equal($"SERVER_ERROR backend {server} refused the credentials", client.Set("key", "value"));
        var again = client.Get("key")!;
        Assert.True(
            again.EndsWith(" is down", StringComparison.Ordinal)
            || again.EndsWith(" refused the credentials", StringComparison.Ordinal),
            again);
        await stack.Proxy.LoggedAsync($"{server} does not take the credentials");
        Assert.DoesNotContain("mistyped", stack.Proxy.Log, StringComparison.Ordinal);
        client.Send("stats backends\r\n");
        var stats = client.LinesTo("END");
        Assert.Single(stats, line => line == $"STAT {server}:failures 2");
    }

    [Fact]
    public async Task File_WithAWrongPassword_MakesTheServerDeadForItsProbes()
    {
        await using var stack = await ProxiedServers.StartAsync(
            _sandbox, 1, UserFile(MemcachedRelease.Installed), Connection("mistyped") + "\n      " + Health);

        await stack.Proxy.StateAsync("dead");
        await stack.Proxy.LoggedAsync("is taken for dead (Refused)");
        Assert.DoesNotContain("mistyped", stack.Proxy.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_WithoutAUser_IsTheServersOwnError()
    {
        await using var stack = await ProxiedServers.StartAsync(
            _sandbox, 1, UserFile(MemcachedRelease.Installed), "health: { probe_interval: 60s }");
        using var client = await stack.Proxy.ConnectAsync();

        Assert.Equal("CLIENT_ERROR unauthenticated", client.Get("key"));
    }

    [Theory]
    [InlineData(MemcachedRelease.Installed)]
    [InlineData(MemcachedRelease.Newest)]
    public async Task Sasl_WithTheRightPassword_ServesBinaryAndProbes(MemcachedRelease release)
    {
        await using var daemon = SaslDaemon.Start(_sandbox, release, "application", "secret");
        await using var stack = await ProxiedServers.StartAsync(
            _sandbox, 1, daemon.Setup, Connection("secret") + "\n      " + Health);
        using var client = await stack.Proxy.ConnectAsync();

        client.Send(BinarySet);
        Assert.Equal("\x81\x1\0\0\0\0\0\0\0\0\0\0\0\0\0\x5", client.Read(24)[..16]);
        client.Send(BinaryGet);
        Assert.Equal("\x81\0\0\0\x4\0\0\0\0\0\0\x9\0\0\0\x7", client.Read(24)[..16]);
        Assert.Equal("\0\0\0\0hello", client.Read(9));
        await stack.Proxy.ProbedAsync(5);
        var metrics = await stack.Proxy.ReadMetricsAsync();
        Assert.Equal(0, metrics.Sum("fabrik_memcached_server_failed_probes_total"));
    }

    [Theory]
    [InlineData(MemcachedRelease.Installed)]
    [InlineData(MemcachedRelease.Newest)]
    public async Task Sasl_WithAWrongPassword_IsToldToClientsAndInTheLog(MemcachedRelease release)
    {
        await using var daemon = SaslDaemon.Start(_sandbox, release, "application", "secret");
        await using var stack = await ProxiedServers.StartAsync(
            _sandbox, 1, daemon.Setup, Connection("mistyped") + "\n      health: { probe_interval: 60s }");
        using var client = await stack.Proxy.ConnectAsync();

        client.Send(BinaryGet);
        var head = client.Read(24);
        Assert.Equal("\0\0\0\x7", head[12..16]);
        Assert.Contains("refused the credentials", client.Read(head[11]), StringComparison.Ordinal);
        await stack.Proxy.LoggedAsync("does not take the credentials");
        Assert.DoesNotContain("mistyped", stack.Proxy.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sasl_OfAClientByTheTextProtocol_IsAnError()
    {
        await using var daemon = SaslDaemon.Start(_sandbox, MemcachedRelease.Installed, "application", "secret");
        await using var stack = await ProxiedServers.StartAsync(
            _sandbox, 1, daemon.Setup, Connection("secret") + "\n      health: { probe_interval: 60s }");
        using var client = await stack.Proxy.ConnectAsync();

        Assert.Equal(
            $"SERVER_ERROR backend pool/{stack.Servers[0].Address} cannot be reached", client.Get("key"));
    }

    private static string Connection(string password) =>
        $"connection: {{ user: application, password: {password}, connect_timeout: 20s }}";

    private MemcachedSetup UserFile(MemcachedRelease release) => new()
    {
        Release = release,
        Arguments = ["-Y", _sandbox.Write("users", "other:one\napplication:secret\n")],
    };
}
