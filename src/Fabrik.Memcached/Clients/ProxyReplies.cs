using System.Text;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Clients;

/// <summary>What the proxy answers itself.</summary>
internal static class ProxyReplies
{
    /// <summary>A bug.</summary>
    public static readonly Reply InternalError = Failed("SERVER_ERROR internal error\r\n");

    /// <summary>No route matches.</summary>
    public static readonly Reply NoRoute = Failed("SERVER_ERROR no route\r\n");

    /// <summary>A failure that says nothing.</summary>
    public static readonly Reply NoAnswer = Failed("SERVER_ERROR no answer\r\n");

    /// <summary>There is no room for another client.</summary>
    public static readonly byte[] TooManyClients = "ERROR Too many open connections\r\n"u8.ToArray();

    /// <summary><c>flush_all</c> without being allowed.</summary>
    public static ReadOnlySpan<byte> FlushRefused => "SERVER_ERROR flush_all is not enabled\r\n"u8;

    /// <summary>A command that the proxy does not know.</summary>
    public static ReadOnlySpan<byte> Unknown => "ERROR\r\n"u8;

    /// <summary>Not logged in.</summary>
    public static ReadOnlySpan<byte> Unauthenticated => "CLIENT_ERROR unauthenticated\r\n"u8;

    /// <summary>Wrong user or password.</summary>
    public static ReadOnlySpan<byte> BadCredentials => "CLIENT_ERROR authentication failure\r\n"u8;

    /// <summary>A packet that answers a request.</summary>
    public static byte[] Packet(in Command command, BinaryStatus status, ReadOnlySpan<byte> body)
    {
        var packet = new byte[BinaryHeader.Size + body.Length];
        WritePacketHead(packet, in command, status, body.Length);
        body.CopyTo(packet.AsSpan(BinaryHeader.Size));
        return packet;
    }

    /// <summary>Writes the head of a packet that answers a request.</summary>
    public static void WritePacketHead(Span<byte> destination, in Command command, BinaryStatus status, int length) =>
        new BinaryHeader
        {
            Magic = BinaryHeader.Response,
            Opcode = command.Opcode,
            Status = status,
            BodyLength = (uint)length,
            Opaque = command.Opaque,
        }.Write(destination);

    private static Reply Failed(string line) => Reply.Constant(ReplyKind.Failed, Encoding.ASCII.GetBytes(line));
}
