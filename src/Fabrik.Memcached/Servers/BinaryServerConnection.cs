using System.Text;
using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Servers;

/// <summary>
/// A connection that speaks packets, each of which is answered: quiet opcodes are sent as their loud ones.
/// </summary>
internal sealed class BinaryServerConnection(ServerLink link, Action<ServerConnection, ServerFailure> onClosed)
    : ServerConnection(link, onClosed)
{
    private const int SaslOverhead = BinaryHeader.Size + 16;

    /// <inheritdoc/>
    protected override int Write(int index)
    {
        var request = Exchanges[index].Request;
        var (opcode, length) = (request.Command.Opcode, request.Command.Length);
        var loud = BinaryOpcode.ToLoud(opcode);
        if (loud == opcode)
        {
            Out.Append(request.Block, request.Offset, length);
            return 1;
        }

        var header = Out.Reserve(BinaryHeader.Size);
        request.Message[..BinaryHeader.Size].CopyTo(header);
        header[1] = loud;
        Out.Commit(BinaryHeader.Size);
        if (length > BinaryHeader.Size)
        {
            Out.Append(request.Block, request.Offset + BinaryHeader.Size, length - BinaryHeader.Size);
        }

        return 1;
    }

    /// <inheritdoc/>
    protected override int ConsumeReply(Block block, int offset, int length)
    {
        var request = Exchanges[0].Request;
        var status = ReplyReader.TryRead(
            block.Bytes.AsSpan(offset, length), request.Verb, MemcachedProtocol.Binary, Link.Limits, out var reply);
        if (status == ReadStatus.NeedMore)
        {
            Needed = reply.Length;
            return 0;
        }

        if (status == ReadStatus.Fault || reply.Opaque != request.Command.Opaque || !reply.IsEnd)
        {
            return -1;
        }

        Complete(new Reply
        {
            Kind = reply.Kind,
            Offset = offset,
            Length = reply.Length,
            ValueOffset = (ushort)reply.ValueOffset,
            ValueLength = reply.ValueLength,
            ClientFlags = reply.ClientFlags,
            Block = block.Retain(),
        });
        return reply.Length;
    }

    /// <inheritdoc/>
    protected override void WriteCredentials()
    {
        var user = Encoding.UTF8.GetBytes(Link.Options.Credentials!.User);
        var password = Encoding.UTF8.GetBytes(Link.Options.Credentials.Password);
        var packet = new byte[SaslOverhead + user.Length + password.Length];
        Out.Append(packet.AsSpan(0, BinaryCommandWriter.SaslPlain(packet, user, password, opaque: 0)));
    }

    /// <inheritdoc/>
    protected override ReadStatus ReadCredentialsReply(ReadOnlySpan<byte> input, out int length)
    {
        var status = ReplyReader.TryRead(
            input, Verb.SaslAuth, MemcachedProtocol.Binary, Link.Limits, out var reply);
        length = reply.Length;
        return status == ReadStatus.Read && reply.Status != BinaryStatus.Success ? ReadStatus.Fault : status;
    }
}
