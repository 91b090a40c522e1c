using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Fabrik.EndToEndTests.Layers;

/// <summary>A TCP port that passes everything on to another one, until it is told to do otherwise.</summary>
internal sealed class FaultyLink : IAsyncDisposable
{
    private const int BlockSize = 16 * 1024;
    private const int BreaksAfter = 24 * 1024;
    private static readonly TimeSpan TrickleInterval = TimeSpan.FromMilliseconds(250);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly List<TcpClient> _open = [];
    private readonly Task _accepting;
    private IPEndPoint _target;

    public FaultyLink(int port)
    {
        _target = new IPEndPoint(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where to connect.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What happens to what passes from now on.</summary>
    public LinkFault Fault { get; private set; }

    /// <summary>Changes what happens, and ends the connections that there are.</summary>
    public void Become(LinkFault fault)
    {
        Fault = fault;
        lock (_lock)
        {
            _open.ForEach(client => client.Dispose());
            _open.Clear();
        }
    }

    /// <summary>Passes on to another port from now on.</summary>
    public void Retarget(int port) => _target = new IPEndPoint(IPAddress.Loopback, port);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        Become(LinkFault.Refusing);
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token));
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException
                or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        lock (_lock)
        {
            _open.Add(client);
        }

        using (client)
        {
            try
            {
                await ServeAsync(client.GetStream(), Fault);
            }
            catch (Exception error) when (error is IOException or SocketException or OperationCanceledException
                or ObjectDisposedException)
            {
                // A link that broke: what these tests are about.
            }
        }
    }

    private async Task ServeAsync(NetworkStream client, LinkFault fault)
    {
        switch (fault)
        {
            case LinkFault.Refusing:
                return;
            case LinkFault.Hanging:
                await client.CopyToAsync(Stream.Null, _end.Token);
                return;
            case LinkFault.Babbling:
                await BabbleAsync(client);
                return;
            default:
                using (var server = new TcpClient())
                {
                    await server.ConnectAsync(_target, _end.Token);
                    var up = client.CopyToAsync(server.GetStream(), _end.Token);
                    var down = AnswerAsync(server.GetStream(), client, fault);
                    await Task.WhenAny(up, down);
                }

                return;
        }
    }

    private async Task BabbleAsync(NetworkStream client)
    {
        var block = new byte[BlockSize];
        while (await client.ReadAsync(block, _end.Token) > 0)
        {
            RandomNumberGenerator.Fill(block);
            await client.WriteAsync(block, _end.Token);
        }
    }

    private async Task AnswerAsync(NetworkStream server, NetworkStream client, LinkFault fault)
    {
        var block = new byte[BlockSize];
        long passed = 0;
        while (true)
        {
            var limit = fault == LinkFault.Trickling ? 256 : block.Length;
            var read = await server.ReadAsync(block.AsMemory(0, limit), _end.Token);
            if (read == 0 || (fault == LinkFault.Breaking && passed + read > BreaksAfter))
            {
                return;
            }

            // The first answers make the connection: what is broken there never gets as far as an artifact.
            if (fault == LinkFault.Corrupting && passed > 1024)
            {
                block[read / 2] ^= 0x55;
            }

            await client.WriteAsync(block.AsMemory(0, read), _end.Token);
            passed += read;
            if (fault == LinkFault.Trickling)
            {
                await Task.Delay(TrickleInterval, _end.Token);
            }
        }
    }
}
