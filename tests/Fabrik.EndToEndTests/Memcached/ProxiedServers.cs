using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Memcached;

/// <summary>Servers of memcached in one pool, and a proxy before them.</summary>
internal sealed class ProxiedServers : IAsyncDisposable
{
    private ProxiedServers(IReadOnlyList<MemcachedServer> servers, MemcachedProxyServer proxy) =>
        (Servers, Proxy) = (servers, proxy);

    public IReadOnlyList<MemcachedServer> Servers { get; }

    public MemcachedProxyServer Proxy { get; }

    /// <summary>Starts them.</summary>
    /// <param name="sandbox">Where they run.</param>
    /// <param name="count">How many servers.</param>
    /// <param name="more">More of the pool, in YAML.</param>
    /// <param name="listener">More of the listener, in YAML's flow style.</param>
    public static Task<ProxiedServers> StartAsync(
        Sandbox sandbox, int count, string more = "", string listener = "") =>
        StartAsync(sandbox, count, new MemcachedSetup(), more, listener);

    /// <summary>Starts them, with servers as they are said to be.</summary>
    public static async Task<ProxiedServers> StartAsync(
        Sandbox sandbox, int count, MemcachedSetup setup, string more = "", string listener = "")
    {
        List<MemcachedServer> servers = [];
        try
        {
            for (var i = 0; i < count; i++)
            {
                servers.Add(await MemcachedServer.StartAsync(sandbox, setup));
            }

            var rest = MemcachedProxyServer.Pool(servers, more) + "\n  allow_flush_all: true";
            var yaml = MemcachedProxyServer.Yaml(rest, listener);
            return new ProxiedServers(servers, await MemcachedProxyServer.StartAsync(sandbox, yaml));
        }
        catch
        {
            await EndAsync(servers);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await EndAsync(Servers);
    }

    private static async Task EndAsync(IEnumerable<MemcachedServer> servers)
    {
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }
    }
}
