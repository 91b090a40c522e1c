using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>A memcached of the system's, where there is one.</summary>
internal sealed class RealMemcached : IDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private RealMemcached(Process process, string folder) => (_process, _folder) = (process, folder);

    public static bool IsInstalled => File.Exists("/usr/bin/memcached");

    public EndPoint EndPoint => new UnixDomainSocketEndPoint(Path.Combine(_folder, "socket"));

    public static RealMemcached Start()
    {
        var folder = Directory.CreateTempSubdirectory("fabrik-memcached").FullName;
        var path = Path.Combine(folder, "socket");
        string[] arguments = ["-u", Environment.UserName, "-s", path, "-m", "256", "-t", "1"];
        var process = Process.Start(new ProcessStartInfo("/usr/bin/memcached", arguments))!;
        var memcached = new RealMemcached(process, folder);
        for (var i = 0; i < 500; i++)
        {
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                probe.Connect(memcached.EndPoint);
                return memcached;
            }
            catch (SocketException)
            {
                process.WaitForExit(20);
            }
        }

        memcached.Dispose();
        throw new InvalidOperationException("memcached does not start.");
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
