using System.Text;
using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Backends;

/// <summary>Makes replies of answers, in the protocol of the request. On the loop's thread.</summary>
internal static class BackendReplies
{
    /// <summary>Makes a reply.</summary>
    public static Reply Make(BlockPool blocks, Request request, BackendAnswer answer)
    {
        ref readonly var command = ref request.Command;
        var returnsValue = answer.Kind == ReplyKind.Hit && ReplyWriter.ReturnsValue(request.Message, in command);
        if (returnsValue && answer.Room is { } room)
        {
            return WithValue(blocks.Adopt(room), request, answer);
        }

        var text = Encoding.UTF8.GetBytes(answer.Text);
        var block = blocks.Rent(ReplyWriter.MaxHead + text.Length);
        var reply = new Reply
        {
            Kind = answer.Kind,
            Length = Write(block.Bytes, request, answer, text),
            ClientFlags = answer.Hit.ClientFlags,
            Block = block,
        };
        if (answer.Room is { } unused)
        {
            blocks.Adopt(unused).Release();
        }

        return reply;
    }

    private static int Write(byte[] bytes, Request request, BackendAnswer answer, byte[] text)
    {
        ref readonly var command = ref request.Command;
        return answer switch
        {
            { IsNotNumeric: true } => ReplyWriter.NotNumeric(bytes, in command),
            { IsTooLarge: true } => ReplyWriter.TooLarge(bytes, in command),
            { Kind: ReplyKind.ClientError } => ReplyWriter.ClientError(bytes, in command, text),
            { Kind: ReplyKind.ServerError } => ReplyWriter.ServerError(bytes, in command, text),
            { Number: { } number } =>
                ReplyWriter.Number(bytes, request.Message, in command, number, answer.Unique),
            { Kind: ReplyKind.Hit } => ReplyWriter.Hit(bytes, request.Message, in command, answer.Hit),
            _ => ReplyWriter.Outcome(bytes, request.Message, in command, answer.Kind, answer.Unique),
        };
    }

    private static Reply WithValue(Block block, Request request, BackendAnswer answer)
    {
        ref readonly var command = ref request.Command;
        Span<byte> head = stackalloc byte[ReplyWriter.MaxHead];
        var length = ReplyWriter.Hit(head, request.Message, in command, answer.Hit);
        var offset = BackendAnswer.HeadRoom - length;
        head[..length].CopyTo(block.Bytes.AsSpan(offset));
        var valueLength = answer.Hit.ValueLength;
        var tail = ReplyWriter.HitEnd(block.Bytes.AsSpan(BackendAnswer.HeadRoom + valueLength), in command);
        return new Reply
        {
            Kind = ReplyKind.Hit,
            Offset = offset,
            Length = length + valueLength + tail,
            ValueOffset = (ushort)length,
            ValueLength = valueLength,
            ClientFlags = answer.Hit.ClientFlags,
            Block = block,
        };
    }
}
