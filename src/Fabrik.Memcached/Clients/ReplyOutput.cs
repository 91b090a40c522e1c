using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Clients;

/// <summary>Writes answers as a client expects them.</summary>
internal static class ReplyOutput
{
    /// <summary>Writes the answer that is next.</summary>
    public static void Write(OutQueue output, ClientSlot slot)
    {
        var reply = slot.Reply;
        if (slot.Instead is { } instead)
        {
            output.Append(instead);
        }
        else if (slot.IsRetrieval)
        {
            WriteOfRetrieval(output, slot, in reply);
        }
        else if (slot.Request is { } request && !Suppression.IsSuppressed(in request.Command, reply.Kind))
        {
            WriteWhole(output, in request.Command, reply.Length == 0 ? ProxyReplies.NoAnswer : reply);
        }
    }

    private static void WriteOfRetrieval(OutQueue output, ClientSlot slot, in Reply reply)
    {
        if (slot.Retrieval is { IsStrict: true, IsError: true } or { IsError: true, IsComplete: true })
        {
            if (slot.IsLast)
            {
                output.Append(slot.Retrieval!.Error);
            }

            return;
        }

        if (reply.Kind == ReplyKind.Hit)
        {
            output.Append(reply.Block, reply.Offset, reply.Length);
        }
        else if (reply.Kind != ReplyKind.Miss && slot.Retrieval is null)
        {
            output.Append(reply.Length == 0 ? ProxyReplies.NoAnswer.Message : reply.Message);
            return;
        }

        if (slot.IsLast)
        {
            output.Append("END\r\n"u8);
        }
    }

    private static void WriteWhole(OutQueue output, in Command command, Reply reply)
    {
        if (command.Protocol == MemcachedProtocol.Text)
        {
            output.Append(reply.Block, reply.Offset, reply.Length);
        }
        else if (reply.Bytes[reply.Offset] != BinaryHeader.Response)
        {
            WriteFailure(output, in command, reply.Message);
        }
        else if (!command.IsQuiet)
        {
            output.Append(reply.Block, reply.Offset, reply.Length);
        }
        else
        {
            // The server was asked by the loud opcode.
            var header = output.Reserve(BinaryHeader.Size);
            reply.Message[..BinaryHeader.Size].CopyTo(header);
            header[1] = command.Opcode;
            output.Commit(BinaryHeader.Size);
            output.Append(
                reply.Block,
                reply.Offset + BinaryHeader.Size,
                reply.Length - BinaryHeader.Size);
        }
    }

    private static void WriteFailure(OutQueue output, in Command command, ReadOnlySpan<byte> line)
    {
        var text = line.StartsWith("SERVER_ERROR "u8) ? line["SERVER_ERROR "u8.Length..] : line;
        text = text.TrimEnd("\r\n"u8);
        var packet = output.Reserve(BinaryHeader.Size + text.Length);
        ProxyReplies.WritePacketHead(packet, in command, BinaryStatus.TemporaryFailure, text.Length);
        text.CopyTo(packet[BinaryHeader.Size..]);
        output.Commit(BinaryHeader.Size + text.Length);
    }
}
