using System.Globalization;
using System.Net;
using System.Text;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Xunit;

namespace Fabrik.MemcachedTests.Differential;

/// <summary>The same key goes to the same server as with a real nginx and <c>hash ... consistent</c>.</summary>
public sealed class NginxTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fabrik-nginx-");
    private readonly List<NamedServer> _servers = [];

    [Fact]
    public async Task Ring_WithWeights_IsAsNginxes()
    {
        var program = ServerProcess.Find("nginx", "nginx-light");
        var servers = StartServers();
        var port = ServerProcess.FreePort();
        var configuration = Path.Combine(_folder.FullName, "nginx.conf");
        await File.WriteAllTextAsync(configuration, Configuration(servers, port));
        using var nginx = await ServerProcess.StartAsync(
            program, ["-p", _folder.FullName, "-e", $"{_folder.FullName}/error.log", "-c", configuration], _folder,
            new IPEndPoint(IPAddress.Loopback, port));
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        var hashing = new HashingOptions { Ring = RingKind.Nginx };
        var ring = Rings.Create(hashing, servers);

        for (var i = 0; i < ServerProcess.Keys; i++)
        {
            var key = $"key-{i}";
            var number = await client.GetStringAsync(new Uri($"?k={key}", UriKind.Relative));

            Assert.Equal(number, ring.Find(Encoding.ASCII.GetBytes(key)).Member.ToString(CultureInfo.InvariantCulture));
        }
    }

    public void Dispose() => _servers.ForEach(static server => server.Dispose());

    private string Configuration(ServerOptions[] servers, int port) => $$"""
        worker_processes 1;
        daemon off;
        user {{Environment.UserName}};
        pid {{_folder.FullName}}/nginx.pid;
        error_log {{_folder.FullName}}/error.log warn;
        events { worker_connections 64; }
        http {
            access_log off;
            client_body_temp_path {{_folder.FullName}}/body;
            proxy_temp_path {{_folder.FullName}}/proxy;
            fastcgi_temp_path {{_folder.FullName}}/fastcgi;
            uwsgi_temp_path {{_folder.FullName}}/uwsgi;
            scgi_temp_path {{_folder.FullName}}/scgi;
            upstream pool {
                hash $arg_k consistent;
                {{string.Join('\n', servers.Select(Directive))}}
                keepalive 8;
            }
            server {
                listen 127.0.0.1:{{port}};
                location / {
                    set $memcached_key $arg_k;
                    memcached_pass pool;
                }
            }
        }
        """;

    private static string Directive(ServerOptions server) =>
        $"server {Rings.NameOf(RingKind.Nginx, server)} weight={server.Weight};";

    private ServerOptions[] StartServers()
    {
        var servers = new ServerOptions[5];
        for (var i = 0; i < servers.Length; i++)
        {
            var isFile = i == servers.Length - 1;
            EndPoint endPoint = isFile
                ? new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(_folder.FullName, "server.sock"))
                : new IPEndPoint(IPAddress.Loopback, 0);
            var server = NamedServer.Start(endPoint, i);
            _servers.Add(server);
            servers[i] = isFile
                ? new ServerOptions(endPoint.ToString()!, 0, 1 + i)
                : new ServerOptions("127.0.0.1", ((IPEndPoint)server.EndPoint).Port, 1 + i);
        }

        return servers;
    }
}
