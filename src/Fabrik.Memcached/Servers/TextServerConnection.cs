using System.Buffers.Text;
using System.Text;
using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Servers;

/// <summary>A connection that speaks lines. Retrievals that wait, of whichever clients, share lines.</summary>
internal sealed class TextServerConnection(ServerLink link, Action<ServerConnection, ServerFailure> onClosed)
    : ServerConnection(link, onClosed)
{
    private const int MaxLine = 2000;
    private const int MaxListed = 1024 * 1024;
    private const int LineEnd = 3;
    private const int Overhead = 32;

    private int _nextOnLine;

    /// <inheritdoc/>
    protected override int Write(int index)
    {
        ref var exchange = ref Exchanges[index];
        switch (exchange.Request.Verb)
        {
            case Verb.Get:
                return WriteLine("get"u8, index);
            case Verb.Gets:
                return WriteLine("gets"u8, index);
            case Verb.Gat:
                WriteTouch("gat "u8, ref exchange);
                return 1;
            case Verb.Gats:
                WriteTouch("gats "u8, ref exchange);
                return 1;
            default:
                WriteMessage(exchange.Request);
                return 1;
        }
    }

    /// <inheritdoc/>
    protected override int ConsumeReply(Block block, int offset, int length)
    {
        var input = block.Bytes.AsSpan(offset, length);
        var verb = Exchanges[0].Request.Verb;
        var status = ReplyReader.TryRead(input, verb, MemcachedProtocol.Text, Link.Limits, out var reply);
        if (status != ReadStatus.Read)
        {
            Needed = reply.Length;
            return status == ReadStatus.NeedMore ? 0 : -1;
        }

        if (verb is Verb.Get or Verb.Gets or Verb.Gat or Verb.Gats)
        {
            return AcceptRetrieval(block, offset, in reply) ? reply.Length : -1;
        }

        var whole = reply.IsEnd ? reply.Length : FindEnd(input, verb, reply.Length);
        if (whole > 0)
        {
            Complete(Held(block, offset, in reply) with { Length = whole });
        }

        return whole;
    }

    /// <inheritdoc/>
    protected override void WriteCredentials()
    {
        var (user, password) = (Link.Options.Credentials!.User, Link.Options.Credentials.Password);
        var value = $"{user} {password}";
        Out.Append(Encoding.UTF8.GetBytes($"set auth 0 0 {Encoding.UTF8.GetByteCount(value)}\r\n{value}\r\n"));
    }

    /// <inheritdoc/>
    protected override ReadStatus ReadCredentialsReply(ReadOnlySpan<byte> input, out int length)
    {
        var status = ReplyReader.TryRead(input, Verb.Set, MemcachedProtocol.Text, Link.Limits, out var reply);
        length = reply.Length;
        return status == ReadStatus.Read && reply.Kind != ReplyKind.Done ? ReadStatus.Fault : status;
    }

    private static Reply Held(Block block, int offset, in ServerReply reply) => new()
    {
        Kind = reply.Kind,
        Offset = offset,
        Length = reply.Length,
        ValueOffset = (ushort)reply.ValueOffset,
        ValueLength = Math.Max(0, reply.ValueLength),
        ClientFlags = reply.ClientFlags,
        Block = block.Retain(),
    };

    private int WriteLine(ReadOnlySpan<byte> name, int index)
    {
        var verb = Exchanges[index].Request.Verb;
        var line = Out.Reserve(MaxLine);
        name.CopyTo(line);
        var length = name.Length;
        var count = 0;
        while (index + count < Exchanges.Count)
        {
            var request = Exchanges[index + count].Request;
            var key = request.Key;
            if (request.Verb != verb || (count > 0 && length + key.Length + LineEnd > MaxLine))
            {
                break;
            }

            line[length++] = (byte)' ';
            key.CopyTo(line[length..]);
            length += key.Length;
            count++;
        }

        line[length++] = (byte)'\r';
        line[length++] = (byte)'\n';
        Out.Commit(length);
        Exchanges[index].LineCount = count;
        return count;
    }

    private void WriteTouch(ReadOnlySpan<byte> name, ref Exchange exchange)
    {
        var key = exchange.Request.Key;
        var line = Out.Reserve(name.Length + key.Length + Overhead);
        name.CopyTo(line);
        Utf8Formatter.TryFormat(exchange.Request.Command.Expiry, line[name.Length..], out var digits);
        var length = name.Length + digits;
        line[length++] = (byte)' ';
        key.CopyTo(line[length..]);
        length += key.Length;
        line[length++] = (byte)'\r';
        line[length++] = (byte)'\n';
        Out.Commit(length);
        exchange.LineCount = 1;
    }

    private void WriteMessage(Request request)
    {
        ref readonly var command = ref request.Command;
        var (block, start, length) = (request.Block, request.Offset, command.Length);
        if (command.QuietLength > 0)
        {
            // What makes it quiet is left out, so that each request has an answer.
            Out.Append(request.Message[..command.QuietOffset]);
            start += command.QuietOffset + command.QuietLength;
            length -= command.QuietOffset + command.QuietLength;
        }

        Out.Append(block, start, length);
    }

    private bool AcceptRetrieval(Block block, int offset, in ServerReply reply)
    {
        if (reply.Kind == ReplyKind.Hit)
        {
            return AcceptValue(block, offset, in reply);
        }

        // The end of the line, or an error instead: whoever has no value yet gets it.
        var count = Exchanges[0].LineCount;
        _nextOnLine = 0;
        var isMiss = reply.Kind == ReplyKind.Miss;
        for (var i = 0; i < count && Exchanges.Count > 0; i++)
        {
            Complete(isMiss ? Reply.Miss : Held(block, offset, in reply));
        }

        return true;
    }

    private bool AcceptValue(Block block, int offset, in ServerReply reply)
    {
        var key = block.Bytes.AsSpan(offset + reply.KeyOffset, reply.KeyLength);
        var count = Exchanges[0].LineCount;
        for (var n = 0; n < count; n++)
        {
            var i = _nextOnLine + n < count ? _nextOnLine + n : _nextOnLine + n - count;
            ref var exchange = ref Exchanges[i];
            if (exchange.IsAnswered || !exchange.Request.Key.SequenceEqual(key))
            {
                continue;
            }

            exchange.IsAnswered = true;
            _nextOnLine = i + 1 == count ? 0 : i + 1;
            if (exchange.Waiter is { } waiter)
            {
                exchange.Waiter = null;
                Answer(waiter, exchange.Since, Held(block, offset, in reply));
            }

            return true;
        }

        return false;
    }

    private int FindEnd(ReadOnlySpan<byte> input, Verb verb, int length)
    {
        while (length < input.Length && length < MaxListed)
        {
            var status = ReplyReader.TryRead(
                input[length..], verb, MemcachedProtocol.Text, Link.Limits, out var item);
            if (status != ReadStatus.Read)
            {
                return status == ReadStatus.NeedMore ? 0 : -1;
            }

            length += item.Length;
            if (item.IsEnd)
            {
                return length;
            }
        }

        return length < MaxListed ? 0 : -1;
    }
}
