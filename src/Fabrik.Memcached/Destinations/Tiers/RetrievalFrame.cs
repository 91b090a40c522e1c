using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Destinations.Tiers;

/// <summary>
/// Puts the answer of the fallback to our <c>mg</c> into the words of the client's command: a <c>VALUE</c> block, or
/// <c>VA</c> with the flags that it asked for.
/// </summary>
internal sealed class RetrievalFrame(ILoop loop)
{
    /// <summary>
    /// Whether an answer can be made: not where the client asks for the unique number, which would be the wrong
    /// server's (each binary answer has one), nor for what only the server that answers knows.
    /// </summary>
    public static bool CanMake(Request request)
    {
        if (request.Command.Protocol != MemcachedProtocol.Text)
        {
            return false;
        }

        if (request.Verb != Verb.MetaGet)
        {
            return request.Verb is Verb.Get or Verb.Gat;
        }

        var flags = new MetaFlags(request.Message, request.Command);
        while (flags.MoveNext())
        {
            if (!"vfstkOqPL"u8.Contains(flags.Flag))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether all who ask for the key in this way get the same bytes.</summary>
    public static bool IsShared(Request request) => request.Verb != Verb.MetaGet;

    /// <summary>Makes the answer; the caller has it.</summary>
    public Reply Make(Request request, Refill refill)
    {
        var value = refill.Reply.Value;
        // Of a retrieval of several keys the command has them all: the answer is for one.
        var command = request.Command;
        command.KeyOffset = request.KeyOffset;
        var hasValue = ReplyWriter.ReturnsValue(request.Message, command);
        var hit = new HitHead
        {
            ValueLength = value.Length,
            ClientFlags = refill.Value.ClientFlags,
            RemainingTtl = refill.Value.SecondsLeft ?? -1,
        };
        var block = loop.Blocks.Rent(ReplyWriter.MaxHead + (hasValue ? value.Length : 0));
        var head = ReplyWriter.Hit(block.Bytes, request.Message, command, hit);
        if (!hasValue)
        {
            return new Reply { Kind = ReplyKind.Done, Length = head, Block = block };
        }

        value.CopyTo(block.Bytes.AsSpan(head));
        var end = ReplyWriter.HitEnd(block.Bytes.AsSpan(head + value.Length), command);
        return new Reply
        {
            Kind = ReplyKind.Hit,
            Length = head + value.Length + end,
            ValueOffset = (ushort)head,
            ValueLength = value.Length,
            ClientFlags = refill.Value.ClientFlags,
            Block = block,
        };
    }
}
