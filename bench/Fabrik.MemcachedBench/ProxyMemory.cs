using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fabrik.MemcachedBench;

/// <summary>What a proxy allocates, as its own <c>stats</c> tell; what they take themselves is left out.</summary>
internal sealed class ProxyMemory(EndPoint target)
{
    private const string Name = "STAT gc_allocated_bytes ";

    private long _ofStatistics;
    private long _before;

    /// <summary>Begins.</summary>
    public void Begin()
    {
        var first = Ask();
        _before = Ask();
        _ofStatistics = _before - first;
    }

    /// <summary>Bytes since <see cref="Begin"/>.</summary>
    public long End() => Math.Max(0, Ask() - _before - _ofStatistics);

    private long Ask()
    {
        using var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(target);
        socket.ReceiveTimeout = 5000;
        socket.Send("stats\r\n"u8);
        var room = new byte[16 * 1024];
        var text = "";
        while (!text.EndsWith("END\r\n", StringComparison.Ordinal))
        {
            var count = socket.Receive(room);
            text += count > 0
                ? Encoding.Latin1.GetString(room, 0, count)
                : throw new InvalidDataException("The server has closed the connection.");
        }

        var line = text.Split("\r\n").First(static l => l.StartsWith(Name, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(Name.Length), CultureInfo.InvariantCulture);
    }
}
