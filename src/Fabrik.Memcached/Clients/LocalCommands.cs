using System.Text;
using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Clients;

/// <summary>Commands that no server is asked for.</summary>
internal static class LocalCommands
{
    /// <summary>
    /// The version that clients are told. They tell by it what they may use, so that it begins as memcached's does.
    /// </summary>
    public static readonly string ProductVersion =
        $"1.6.18-fabrik-{typeof(LocalCommands).Assembly.GetName().Version?.ToString(3) ?? "0.0.0"}";

    private static readonly byte[] VersionLine = Encoding.ASCII.GetBytes($"VERSION {ProductVersion}\r\n");
    private static readonly byte[] VersionText = Encoding.ASCII.GetBytes(ProductVersion);
    private static readonly byte[] NoopLine = "MN\r\n"u8.ToArray();
    private static readonly byte[] OkLine = "OK\r\n"u8.ToArray();

    /// <summary>Answers one.</summary>
    /// <returns>What to answer; empty for nothing.</returns>
    public static byte[] Answer(ReadOnlySpan<byte> message, in Command command, IAdminCommands admin) =>
        command.Protocol == MemcachedProtocol.Text
            ? AnswerLine(message, in command, admin)
            : AnswerPacket(message, in command, admin);

    /// <summary>A value that the proxy made itself, for <c>get</c> of the text protocol.</summary>
    public static Reply Value(Request request, byte[] value)
    {
        byte[] head = [.. "VALUE "u8, .. request.Key, .. Encoding.ASCII.GetBytes($" 0 {value.Length}\r\n")];
        byte[] bytes = [.. head, .. value, .. "\r\n"u8];
        return new Reply
        {
            Kind = ReplyKind.Hit,
            Block = Block.Constant(bytes),
            Length = bytes.Length,
            ValueOffset = (ushort)head.Length,
            ValueLength = value.Length,
        };
    }

    private static byte[] AnswerLine(ReadOnlySpan<byte> message, in Command command, IAdminCommands admin)
    {
        switch (command.Verb)
        {
            case Verb.Noop:
                return NoopLine;
            case Verb.Version:
                return VersionLine;
            case Verb.Verbosity:
                return command.IsQuiet ? [] : OkLine;
            case Verb.Stats:
                var topic = message.Slice(command.KeyOffset, command.KeyLength);
                return admin.Stats(topic, MemcachedProtocol.Text, 0) ?? ProxyReplies.Unknown.ToArray();
            case Verb.FlushAll:
                return command.IsQuiet ? [] : ProxyReplies.FlushRefused.ToArray();
            case Verb.Quit:
                return [];
            default:
                return ProxyReplies.Unknown.ToArray();
        }
    }

    private static byte[] AnswerPacket(ReadOnlySpan<byte> message, in Command command, IAdminCommands admin)
    {
        switch (command.Verb)
        {
            case Verb.Noop:
                return ProxyReplies.Packet(in command, BinaryStatus.Success, default);
            case Verb.Version:
                return ProxyReplies.Packet(in command, BinaryStatus.Success, VersionText);
            case Verb.Stats:
                var topic = message.Slice(command.KeyOffset, command.KeyLength);
                return admin.Stats(topic, MemcachedProtocol.Binary, command.Opaque)
                    ?? ProxyReplies.Packet(in command, BinaryStatus.KeyNotFound, "Not found"u8);
            case Verb.Quit:
                return command.IsQuiet ? [] : ProxyReplies.Packet(in command, BinaryStatus.Success, default);
            case Verb.FlushAll:
                return ProxyReplies.Packet(in command, BinaryStatus.NotSupported, "flush_all is not enabled"u8);
            default:
                return ProxyReplies.Packet(in command, BinaryStatus.UnknownCommand, "Unknown command"u8);
        }
    }
}
