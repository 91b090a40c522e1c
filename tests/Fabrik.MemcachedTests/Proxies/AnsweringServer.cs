using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>A server inside this process that has the same value for every key.</summary>
internal sealed class AnsweringServer : IDisposable
{
    public const string Value = "hello";

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public AnsweringServer()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public EndPoint EndPoint => _listener.LocalEndPoint!;

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var client = _listener.Accept();
                client.NoDelay = true;
                new Thread(() => Serve(client)) { IsBackground = true }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static void Serve(Socket client)
    {
        using var stream = new BufferedStream(new NetworkStream(client, ownsSocket: true));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        var answer = new StringBuilder();
        try
        {
            while (reader.ReadLine() is { } line)
            {
                answer.Clear();
                Answer(line.Split(' '), reader, answer);
                client.Send(Encoding.Latin1.GetBytes(answer.ToString()));
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // The proxy has ended.
        }
    }

    private static void Answer(string[] words, StreamReader reader, StringBuilder answer)
    {
        switch (words[0])
        {
            case "get":
                foreach (var key in words.AsSpan(1))
                {
                    answer.Append($"VALUE {key} 0 {Value.Length}\r\n{Value}\r\n");
                }

                answer.Append("END\r\n");
                break;
            case "set":
                reader.ReadLine();
                answer.Append("STORED\r\n");
                break;
            case "delete":
                answer.Append("DELETED\r\n");
                break;
            case "mg":
                answer.Append("HD\r\n");
                break;
            default:
                answer.Append("ERROR\r\n");
                break;
        }
    }
}
