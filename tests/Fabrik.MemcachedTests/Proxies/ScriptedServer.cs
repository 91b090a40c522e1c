using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>A server of which a test has each connection in its hands.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentBag<Connection> _connections = [];

    public ScriptedServer()
        : this(IPAddress.Loopback, 0)
    {
    }

    public ScriptedServer(IPAddress address, int port)
    {
        _listener.Bind(new IPEndPoint(address, port));
        _listener.Listen();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>The next connection.</summary>
    public Connection Accept()
    {
        Assert.True(_listener.Poll(TimeSpan.FromSeconds(30), SelectMode.SelectRead), "Nobody connects.");
        var connection = new Connection(_listener.Accept());
        _connections.Add(connection);
        return connection;
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }

    internal sealed class Connection(Socket socket) : IDisposable
    {
        private readonly List<byte> _received = [];

        /// <summary>Waits for exactly this, and says so if something else comes.</summary>
        public void Expect(string text)
        {
            while (_received.Count < text.Length && Receive())
            {
            }

            var length = Math.Min(text.Length, _received.Count);
            var got = Encoding.Latin1.GetString([.. _received.Take(length)]);
            _received.RemoveRange(0, length);
            Assert.Equal(text, got);
        }

        /// <summary>Waits for a number of bytes, whatever they are.</summary>
        public string Read(int length)
        {
            while (_received.Count < length && Receive())
            {
            }

            var got = Encoding.Latin1.GetString([.. _received.Take(length)]);
            _received.RemoveRange(0, length);
            return got;
        }

        /// <summary>Waits for a line of whatever kind, and gives it without its end.</summary>
        public string ExpectLine()
        {
            int end;
            while ((end = _received.IndexOf((byte)'\n')) < 0)
            {
                if (!Receive())
                {
                    throw new EndOfStreamException();
                }
            }

            var line = Encoding.Latin1.GetString([.. _received.Take(end)]);
            _received.RemoveRange(0, end + 1);
            return line.TrimEnd('\r');
        }

        public void Send(string text)
        {
            var bytes = Encoding.Latin1.GetBytes(text);
            var sent = 0;
            try
            {
                while (sent < bytes.Length)
                {
                    sent += socket.Send(bytes.AsSpan(sent));
                }
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
            {
                throw new EndOfStreamException("The proxy is gone.", e);
            }
        }

        /// <summary>Says that nothing more is sent.</summary>
        public void EndSending() => socket.Shutdown(SocketShutdown.Send);

        public bool IsEnded() => _received.Count == 0 && !Receive();

        public void Dispose() => socket.Dispose();

        private bool Receive()
        {
            socket.ReceiveTimeout = 30_000;
            var room = new byte[64 * 1024];
            try
            {
                var count = socket.Receive(room);
                _received.AddRange(room.AsSpan(0, count));
                return count > 0;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                return false;
            }
        }
    }
}
