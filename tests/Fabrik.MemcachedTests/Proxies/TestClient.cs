using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>A client that sends bytes and reads bytes, as they are.</summary>
internal sealed class TestClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly MemoryStream _received = new();
    private int _taken;

    public TestClient(EndPoint endPoint)
    {
        var isUnix = endPoint is UnixDomainSocketEndPoint;
        _socket = new Socket(
            endPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp)
        {
            ReceiveTimeout = (int)Patience.TotalMilliseconds,
            SendTimeout = (int)Patience.TotalMilliseconds,
        };
        _socket.Connect(endPoint);
        if (!isUnix)
        {
            _socket.NoDelay = true;
        }
    }

    public void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    /// <summary>What comes, as much as is asked for, or up to the end.</summary>
    public string Read(int length)
    {
        while (_received.Length - _taken < length && Receive())
        {
        }

        return Take(Math.Min(length, (int)_received.Length - _taken));
    }

    /// <summary>What comes up to a text, with it; or up to the end.</summary>
    public string ReadUntil(string end)
    {
        var mark = Encoding.Latin1.GetBytes(end);
        while (true)
        {
            var rest = _received.GetBuffer().AsSpan(_taken, (int)_received.Length - _taken);
            var place = rest.IndexOf(mark);
            if (place >= 0)
            {
                return Take(place + mark.Length);
            }

            if (!Receive())
            {
                return Take(rest.Length);
            }
        }
    }

    public string ReadLine() => ReadUntil("\r\n");

    public string Ask(string text)
    {
        Send(text);
        return ReadLine();
    }

    /// <summary>Whether the other side has ended the connection, with nothing left to read.</summary>
    public bool IsEnded() => Read(1).Length == 0;

    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    public void Dispose() => _socket.Dispose();

    private bool Receive()
    {
        var room = new byte[64 * 1024];
        try
        {
            var count = _socket.Receive(room);
            _received.Write(room, 0, count);
            return count > 0;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return false;
        }
    }

    private string Take(int length)
    {
        var text = Encoding.Latin1.GetString(_received.GetBuffer(), _taken, length);
        _taken += length;
        if (_taken == _received.Length)
        {
            _received.SetLength(0);
            _taken = 0;
        }

        return text;
    }
}
