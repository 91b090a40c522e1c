using Fabrik.EndToEndTests.Clients;
using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Layers.HttpStores;

/// <summary>A real nginx with WebDAV over a folder: the plainest HTTP cache that there is.</summary>
internal sealed class NginxStore : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private NginxStore(ChildProcess process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public static async Task<NginxStore> StartAsync(Sandbox sandbox)
    {
        var program = File.Exists("/usr/sbin/nginx")
            ? "/usr/sbin/nginx"
            : Tools.OnPath("nginx", "apt-get install nginx-light");
        var port = LoopbackPort.FindFree();
        var process = ChildProcess.Start(new CommandLine(
            program, "-p", sandbox.Make("nginx"), "-e", "stderr", "-c", Configure(sandbox, port))
        {
            Directory = sandbox.Root,
            Environment = sandbox.Environment,
        });
        await LoopbackPort.AnswersAsync(port, process);
        return new NginxStore(process, port);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string Configure(Sandbox sandbox, int port) => sandbox.Write(
        "nginx.conf",
        $$"""
        worker_processes 1;
        daemon off;
        user {{Environment.UserName}};
        pid {{sandbox.In("nginx/pid")}};
        events { worker_connections 64; }
        http {
            access_log off;
            client_body_temp_path {{sandbox.In("nginx/body")}};
            proxy_temp_path {{sandbox.In("nginx/proxy")}};
            fastcgi_temp_path {{sandbox.In("nginx/fastcgi")}};
            uwsgi_temp_path {{sandbox.In("nginx/uwsgi")}};
            scgi_temp_path {{sandbox.In("nginx/scgi")}};
            client_max_body_size 64m;
            server {
                listen 127.0.0.1:{{port}};
                location /cache/ {
                    alias {{sandbox.Make("nginx/files")}}/;
                    dav_methods PUT DELETE;
                    create_full_put_path on;
                }
            }
        }
        """);
}
