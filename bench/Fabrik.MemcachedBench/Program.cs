using System.Net;
using Fabrik.Memcached;
using Fabrik.Memcached.Configuration;
using Fabrik.MemcachedBench;
using Microsoft.Extensions.Logging.Abstractions;

var arguments = new Arguments(args);
if (args is ["load", ..])
{
    return Load.Run(arguments);
}

// A proxy with one pool of servers: --servers 11300,11301
var servers = arguments.Text("servers", "11300").Split(',').Select(p => new ServerOptions("127.0.0.1", int.Parse(p)));
await using var proxy = await MemcachedProxy.StartAsync(
    new MemcachedProxyOptions
    {
        Listeners =
        [
            new ListenerOptions
            {
                Name = "main",
                EndPoint = new IPEndPoint(IPAddress.Loopback, arguments.Number("port", 22122)),
            },
        ],
        Backends =
        [
            new PoolOptions
            {
                Name = "pool",
                Servers = [.. servers],
                Hashing = new HashingOptions { Ring = RingKind.Twemproxy },
            },
        ],
        Routes = [new RouteOptions { Name = "all", Backend = "pool" }],
        Loops = arguments.Number("loops", 1),
    },
    new MemcachedProxyServices { Logs = NullLoggerFactory.Instance },
    CancellationToken.None);
await Console.In.ReadLineAsync();
return 0;
