using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Fabrik.Memcached.Configuration;
using Xunit;

namespace Fabrik.MemcachedTests.Differential;

/// <summary>
/// The same key goes to the same server as with a real nutcracker, in front of servers that say who they are.
/// </summary>
public sealed class NutcrackerTests : IDisposable
{
    private const int ServerCount = 5;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fabrik-nc-");
    private readonly List<NamedServer> _servers = [];

    [Fact]
    public async Task Ring_OfEachHashAndDistribution_IsAsNutcrackers()
    {
        var program = ServerProcess.Find("nutcracker", "nutcracker");
        NutcrackerPool[] pools = [.. Pools(StartServers())];
        var configuration = Path.Combine(_folder.FullName, "nutcracker.yml");
        await File.WriteAllTextAsync(
            configuration, string.Concat(pools.Select(pool => pool.Configure(_folder.FullName))));
        string[] arguments =
        [
            "-c", configuration, "-o", Path.Combine(_folder.FullName, "log"),
            "-p", Path.Combine(_folder.FullName, "pid"),
            "-a", "127.0.0.1", "-s", ServerProcess.FreePort().ToString(CultureInfo.InvariantCulture),
        ];
        var last = new UnixDomainSocketEndPoint(Path.Combine(_folder.FullName, $"{pools[^1].Name}.sock"));
        using var nutcracker = await ServerProcess.StartAsync(program, arguments, _folder, last);
        var keys = Enumerable.Range(0, ServerProcess.Keys).Select(Key).ToList();

        foreach (var pool in pools)
        {
            Assert.Equal([], await pool.CompareAsync(_folder.FullName, keys));
        }

        TestContext.Current.SendDiagnosticMessage($"{pools.Length} pools, {keys.Count} keys each, no difference");
    }

    public void Dispose() => _servers.ForEach(static server => server.Dispose());

    private static string Key(int i) => (i % 5) switch
    {
        0 => $"key:{i}",
        1 => $"user:{{{i % 97}}}:{i}",
        2 => $"schlüssel:{i}:鍵",
        3 => new string('x', 1 + (i % 200)) + i,
        _ => $"{i}",
    };

    private static IEnumerable<NutcrackerPool> Pools(ServerOptions[] servers)
    {
        foreach (var ring in (RingKind[])[RingKind.Twemproxy, RingKind.TwemproxyModula])
        {
            foreach (var (hash, kind) in NutcrackerPool.Hashes)
            {
                var hashing = new HashingOptions { Ring = ring, KeyHash = kind };
                var name = $"{ring}-{hash}";
                yield return new(name, hash, hashing, servers);
                yield return new($"{name}-weights", hash, hashing, Weigh(servers));
                yield return new($"{name}-names", hash, hashing, Name(Weigh(servers)));
                yield return new($"{name}-tag", hash, hashing with { HashTag = "{}" }, servers);
            }
        }
    }

    private static ServerOptions[] Weigh(ServerOptions[] servers) =>
        [.. servers.Select(static (server, i) => server with { Weight = 1 + (i * 3) })];

    private static ServerOptions[] Name(ServerOptions[] servers) =>
        [.. servers.Select(static (server, i) => server with { Alias = $"cache-{i}" })];

    private ServerOptions[] StartServers()
    {
        var servers = new ServerOptions[ServerCount];
        for (var i = 0; i < ServerCount; i++)
        {
            // A loopback address that nobody else has, so that the port may be the one that is no part of names.
            var port = i < 2 ? 11211 : 0;
            var address = port == 0 ? IPAddress.Loopback : new IPAddress([127, Any(), Any(), Any()]);
            EndPoint endPoint = i == ServerCount - 1
                ? new UnixDomainSocketEndPoint(Path.Combine(_folder.FullName, "server.sock"))
                : new IPEndPoint(address, port);
            var server = NamedServer.Start(endPoint, i);
            _servers.Add(server);
            servers[i] = server.EndPoint is IPEndPoint ip
                ? new ServerOptions(ip.Address.ToString(), ip.Port)
                : new ServerOptions(server.EndPoint.ToString()!, 0);
        }

        return servers;

        static byte Any() => (byte)Random.Shared.Next(1, 255);
    }
}
