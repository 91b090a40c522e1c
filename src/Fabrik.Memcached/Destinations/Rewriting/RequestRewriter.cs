using System.Buffers.Binary;
using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Destinations.Rewriting;

/// <summary>Makes changed copies of requests, in their own protocol. Whoever has one made lets go of it.</summary>
internal sealed class RequestRewriter(ILoop loop)
{
    private const int BinaryHeader = 24;
    private const int BinaryUniqueOffset = 16;
    private const byte BinarySet = 0x01;
    private const int Room = 64;

    /// <summary>
    /// The same value under the same key, whatever is there: for another server, after one has carried out an
    /// <c>add</c>, <c>replace</c> or <c>cas</c>.
    /// </summary>
    public Request AsPlainStore(Request request)
    {
        if (request.Command.Protocol == MemcachedProtocol.Binary)
        {
            var block = Copy(request);
            block.Bytes[1] = BinarySet;
            block.Bytes.AsSpan(BinaryUniqueOffset, sizeof(ulong)).Clear();
            return RequestFactory.From(loop, block, request.Command.Length, MemcachedProtocol.Binary);
        }

        return request.Verb == Verb.MetaSet
            ? RewriteMeta(request, conditions: "CMIE"u8, expiries: [], 0)
            : RewriteLine(request, Verb.Set, request.Command.Expiry);
    }

    /// <summary>
    /// The same with another expiry; the same request where the line has no room for that. Servers refuse a line of as
    /// many flags, and clients have no use for one of as many bytes.
    /// </summary>
    /// <param name="request">A command that sets an expiry.</param>
    /// <param name="expiry">When it expires, as clients say it.</param>
    /// <param name="flags">Which flags of a meta command are to say so: <c>T</c>, <c>N</c>.</param>
    public Request WithExpiry(Request request, long expiry, ReadOnlySpan<byte> flags)
    {
        var verb = request.Verb;
        if (request.Command.Protocol == MemcachedProtocol.Binary)
        {
            var block = Copy(request);
            var place = block.Bytes.AsSpan(BinaryExpiryOffset(verb));
            BinaryPrimitives.WriteUInt32BigEndian(place, (uint)expiry);
            return RequestFactory.From(loop, block, request.Command.Length, MemcachedProtocol.Binary);
        }

        return verb switch
        {
            Verb.Gat or Verb.Gats => OneKey(request, expiry),
            Verb.MetaSet or Verb.MetaGet or Verb.MetaArithmetic => RewriteMeta(request, conditions: [], flags, expiry),
            _ => RewriteLine(request, verb, expiry),
        };
    }

    private static int BinaryExpiryOffset(Verb verb) => verb switch
    {
        Verb.Increment or Verb.Decrement => BinaryHeader + 16,
        Verb.Touch or Verb.Gat or Verb.Gats => BinaryHeader,
        _ => BinaryHeader + 4,
    };

    private Block Copy(Request request)
    {
        var block = loop.Blocks.Rent(request.Command.Length);
        request.Message.CopyTo(block.Bytes);
        return block;
    }

    private Request OneKey(Request request, long expiry)
    {
        var block = loop.Blocks.Rent(request.Key.Length + Room);
        var writer = new MessageWriter(block.Bytes);
        writer.Write(request.Verb == Verb.Gat ? "gat "u8 : "gats "u8);
        writer.Write(expiry);
        writer.Write(" "u8);
        writer.Write(request.Key);
        return Close(request, block, ref writer);
    }

    // <name> <key> <flags> <expiry> <bytes> [<unique>], and touch <key> <expiry>.
    private Request RewriteLine(Request request, Verb verb, long expiry)
    {
        var command = request.Command;
        var isStore = verb != Verb.Touch;
        var block = loop.Blocks.Rent(command.Length + Room);
        var writer = new MessageWriter(block.Bytes);
        var tokens = new HeadTokens(request.Message[..command.HeadLength]);
        while (tokens.MoveNext())
        {
            if (IsQuietMark(tokens.Offset, command) || (tokens.Index == 5 && verb != Verb.Cas))
            {
                continue;
            }

            Divide(ref writer);
            if (tokens.Index == (isStore ? 3 : 2))
            {
                writer.Write(expiry);
            }
            else
            {
                writer.Write(tokens.Index == 0 && verb == Verb.Set ? "set"u8 : tokens.Current);
            }
        }

        return Close(request, block, ref writer);
    }

    // A condition is a number to compare with (C) or to give (E), a mode (M), or that an older value is to be
    // invalidated (I).
    private Request RewriteMeta(
        Request request, ReadOnlySpan<byte> conditions, ReadOnlySpan<byte> expiries, long expiry)
    {
        var command = request.Command;
        var block = loop.Blocks.Rent(command.Length + Room);
        var writer = new MessageWriter(block.Bytes);
        var tokens = new HeadTokens(request.Message[..command.HeadLength]);
        var written = 0;
        while (tokens.MoveNext())
        {
            var flag = tokens.Offset > command.FlagsOffset ? tokens.Current[0] : (byte)0;
            if (IsQuietMark(tokens.Offset, command) || conditions.Contains(flag))
            {
                continue;
            }

            Divide(ref writer);
            written++;
            if (expiries.Contains(flag))
            {
                writer.Write(tokens.Current[..1]);
                writer.Write(expiry);
            }
            else
            {
                writer.Write(tokens.Current);
            }
        }

        if (expiries.Contains((byte)'T') && command.Verb == Verb.MetaSet && !RequestFlags.Has(request, (byte)'T'))
        {
            writer.Write(" T"u8);
            writer.Write(expiry);
            written++;
        }

        if (written > ReaderLimits.MaxMetaTokens)
        {
            block.Release();
            return request.Retain();
        }

        return Close(request, block, ref writer);
    }

    private static void Divide(ref MessageWriter writer)
    {
        if (writer.Length > 0)
        {
            writer.Write(" "u8);
        }
    }

    private static bool IsQuietMark(int offset, Command command) =>
        command.QuietLength > 0 && offset >= command.QuietOffset && offset < command.QuietOffset + command.QuietLength;

    private Request Close(Request request, Block block, ref MessageWriter writer)
    {
        if (writer.Length >= ReaderLimits.Default.MaxLineLength)
        {
            block.Release();
            return request.Retain();
        }

        writer.Write("\r\n"u8);
        if (request.Command.ValueLength >= 0)
        {
            writer.Write(request.Message[request.Command.HeadLength..]);
        }

        return RequestFactory.FromText(loop, block, writer.Length);
    }
}
