using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Fabrik.EndToEndTests.Clients;
using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Memcached;

/// <summary>
/// What libsasl asks about users: the protocol of saslauthd, four texts with their lengths and an answer that begins
/// with <c>OK</c> or <c>NO</c>.
/// </summary>
internal sealed class SaslDaemon : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _user;
    private readonly string _password;
    private readonly Task _serving;

    private SaslDaemon(string socket, string user, string password)
    {
        (_user, _password) = (user, password);
        _listener.Bind(new UnixDomainSocketEndPoint(socket));
        _listener.Listen();
        _serving = ServeAsync();
    }

    /// <summary>How a memcached is started that asks it.</summary>
    public required MemcachedSetup Setup { get; init; }

    public static SaslDaemon Start(Sandbox sandbox, MemcachedRelease release, string user, string password)
    {
        var mechanisms = Directory.EnumerateDirectories("/usr/lib")
            .Select(static folder => Path.Combine(folder, "sasl2"))
            .FirstOrDefault(static folder => File.Exists(Path.Combine(folder, "libplain.so")))
            ?? Tools.Missing("SASL's PLAIN", "apt-get install libsasl2-modules");
        var socket = sandbox.In("saslauthd");
        var configuration = sandbox.Write(
            "sasl/memcached.conf", $"mech_list: plain\npwcheck_method: saslauthd\nsaslauthd_path: {socket}\n");
        return new SaslDaemon(socket, user, password)
        {
            Setup = new MemcachedSetup
            {
                Release = release,
                Arguments = ["-S"],
                Environment =
                [
                    ("SASL_CONF_PATH", Path.GetDirectoryName(configuration)!),
                    ("SASL_PATH", mechanisms),
                ],
            },
        };
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
    }

    private static async Task<string> ReadAsync(NetworkStream stream)
    {
        var length = new byte[2];
        await stream.ReadExactlyAsync(length);
        var text = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(text);
        return Encoding.UTF8.GetString(text);
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                await AnswerAsync(await _listener.AcceptAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(Socket asker)
    {
        await using NetworkStream stream = new(asker, ownsSocket: true);
        try
        {
            var (user, password) = (await ReadAsync(stream), await ReadAsync(stream));
            var (_, _) = (await ReadAsync(stream), await ReadAsync(stream));
            var isRight = user == _user && password == _password;
            await stream.WriteAsync(isRight ? "\0\x2OK"u8.ToArray() : "\0\x2NO"u8.ToArray());
        }
        catch (IOException)
        {
            // The asker was killed: there are others.
        }
    }
}
