using System.Net;
using System.Net.Sockets;
using System.Text;
using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Memcached;

/// <summary>A client that sends any bytes, and reads lines, none of which it waits for without a limit.</summary>
internal sealed class MemcachedClient : IDisposable
{
    private readonly TcpClient _tcp;
    private readonly BufferedStream _stream;

    private MemcachedClient(TcpClient tcp)
    {
        _tcp = tcp;
        _stream = new BufferedStream(tcp.GetStream(), 64 * 1024);
    }

    public static async Task<MemcachedClient> ConnectAsync(int port)
    {
        TcpClient tcp = new() { NoDelay = true };
        await tcp.ConnectAsync(IPAddress.Loopback, port);
        tcp.ReceiveTimeout = (int)Poll.Limit.TotalMilliseconds;
        return new MemcachedClient(tcp);
    }

    public void Send(string text) => _tcp.Client.Send(Encoding.Latin1.GetBytes(text));

    /// <summary>The next line, without its end; null where the proxy has ended the connection.</summary>
    public string? Line()
    {
        StringBuilder line = new();
        while (true)
        {
            var next = Next();
            if (next < 0)
            {
                return line.Length == 0 ? null : line.ToString();
            }

            if (next == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)next);
        }
    }

    /// <summary>A number of bytes; fewer where the proxy has ended the connection.</summary>
    public string Read(int length)
    {
        StringBuilder text = new();
        while (text.Length < length && Next() is var next and >= 0)
        {
            text.Append((char)next);
        }

        return text.ToString();
    }

    /// <summary>Lines up to one of those that end an answer.</summary>
    public List<string> LinesTo(string last)
    {
        List<string> lines = [];
        while (Line() is { } line)
        {
            lines.Add(line);
            if (line == last || line.Contains("ERROR", StringComparison.Ordinal))
            {
                break;
            }
        }

        return lines;
    }

    /// <summary>Sends a command, and reads a line.</summary>
    public string? Ask(string command)
    {
        Send(command + "\r\n");
        return Line();
    }

    public string? Set(string key, string value) => Ask($"set {key} 0 0 {value.Length}\r\n{value}");

    /// <summary>The value of a key; null for none, the line of an error where there is one.</summary>
    public string? Get(string key)
    {
        Send($"get {key}\r\n");
        var lines = LinesTo("END");
        return lines switch
        {
            ["END"] => null,
            [var head, var value, "END"] when head.StartsWith($"VALUE {key} ", StringComparison.Ordinal) => value,
            [var error] => error,
            _ => throw new InvalidOperationException($"get {key}: {string.Join('|', lines)}"),
        };
    }

    /// <summary>Says that nothing more is sent.</summary>
    public void EndSending() => _tcp.Client.Shutdown(SocketShutdown.Send);

    public void Dispose() => _tcp.Dispose();

    private int Next()
    {
        try
        {
            return _stream.ReadByte();
        }
        catch (IOException e)
            when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return -1;
        }
    }
}
