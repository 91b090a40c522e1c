using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Fabrik.ProtocolTests.HttpUpstream;

/// <summary>A real nginx on loopback, with WebDAV over a folder; skips the test where there is none.</summary>
internal sealed class NginxServer : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("fabrik-nginx-");
    private readonly Process _process;

    private NginxServer(string program, string directives)
    {
        var files = _root.CreateSubdirectory("files");
        _root.CreateSubdirectory("tmp");
        Port = FreePort();
        var configuration = Path.Combine(_root.FullName, "nginx.conf");
        File.WriteAllText(configuration, $$"""
            worker_processes 1;
            daemon off;
            user {{Environment.UserName}};
            pid {{_root.FullName}}/nginx.pid;
            error_log {{_root.FullName}}/error.log warn;
            events { worker_connections 64; }
            http {
                access_log off;
                client_body_temp_path {{_root.FullName}}/tmp/body;
                proxy_temp_path {{_root.FullName}}/tmp/proxy;
                fastcgi_temp_path {{_root.FullName}}/tmp/fastcgi;
                uwsgi_temp_path {{_root.FullName}}/tmp/uwsgi;
                scgi_temp_path {{_root.FullName}}/tmp/scgi;
                client_max_body_size 16m;
                server {
                    listen 127.0.0.1:{{Port}};
                    location /cache/ {
                        alias {{files.FullName}}/;
                        dav_methods PUT DELETE;
                        {{directives}}
                    }
                    location /plain/ {
                        alias {{files.FullName}}/;
                    }
                }
            }
            """);
        _process = Process.Start(new ProcessStartInfo(
            program, ["-p", _root.FullName, "-e", $"{_root.FullName}/error.log", "-c", configuration])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        })!;
    }

    public int Port { get; }

    public Uri Url => new($"http://127.0.0.1:{Port}/cache/");

    /// <summary>The same files, without WebDAV.</summary>
    public Uri PlainUrl => new($"http://127.0.0.1:{Port}/plain/");

    public string FileOf(string key) => Path.Combine(_root.FullName, "files", key);

    public static async Task<NginxServer> StartAsync(string directives = "create_full_put_path on;")
    {
        var program = (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin").Split(':')
            .Select(static folder => Path.Combine(folder, "nginx"))
            .FirstOrDefault(File.Exists);
        if (program is null)
        {
            Assert.Skip("nginx is not installed (Debian: nginx-light)");
        }

        var server = new NginxServer(program, directives);
        try
        {
            await server.WaitAsync();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        _root.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task WaitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, Port, limit.Token);
                return;
            }
            catch (SocketException) when (!_process.HasExited)
            {
                await Task.Yield();
            }
        }
    }
}
