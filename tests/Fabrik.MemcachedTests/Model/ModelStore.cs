using System.Globalization;
using System.Text;
using Fabrik.Memcached.Destinations.Rewriting;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.MemcachedTests.Model;

/// <summary>What memcached does with commands for one key, one after the other, without its memory's limits.</summary>
internal sealed class ModelStore(ILoop loop)
{
    private static readonly ReaderLimits Limits = new() { MaxValueLength = 1 << 24 };

    private readonly Dictionary<string, Item> _items = [];
    private ulong _unique;

    private long Now => loop.Time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Carries a command out.</summary>
    public Reply Execute(Request request)
    {
        var key = Encoding.Latin1.GetString(request.RoutingKey);
        var item = Find(key);
        switch (request.Verb)
        {
            case Verb.Get or Verb.Gets or Verb.Gat or Verb.Gats or Verb.MetaGet:
                return Retrieve(request, item);
            case Verb.Delete or Verb.MetaDelete:
                return item is null ? Outcome(request, ReplyKind.Miss)
                    : IsOther(request, item) ? Outcome(request, ReplyKind.Exists)
                    : Done(request, () => _items.Remove(key));
            case Verb.Touch:
                return item is null
                    ? Outcome(request, ReplyKind.Miss)
                    : Done(request, () => item.Expiry = Absolute(request.Command.Expiry));
            case Verb.Increment or Verb.Decrement or Verb.MetaArithmetic:
                return Count(request, key, item);
            default:
                return Store(request, key, item);
        }
    }

    private static long? Flag(Request request, char flag) =>
        request.Verb is Verb.MetaGet or Verb.MetaSet or Verb.MetaDelete or Verb.MetaArithmetic
        && RequestFlags.TryFind(request, (byte)flag, out var text)
            ? long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
            : null;

    private static char Mode(Request request, char otherwise) =>
        RequestFlags.TryFind(request, (byte)'M', out var mode) ? char.ToUpperInvariant((char)mode[0]) : otherwise;

    private static bool IsOther(Request request, Item item)
    {
        var unique = request.Verb is Verb.MetaSet or Verb.MetaDelete or Verb.MetaArithmetic
            ? (ulong)(Flag(request, 'C') ?? 0)
            : request.Command.Unique;
        return unique != 0 && unique != item.Unique;
    }

    private static bool IsText(Request request) => request.Command.Protocol == MemcachedProtocol.Text;

    private Item? Find(string key) =>
        _items.TryGetValue(key, out var item) && (item.Expiry == 0 || item.Expiry > Now) ? item : null;

    private long Absolute(long expiry) => expiry switch
    {
        0 => 0,
        < 0 => 1,
        <= 60 * 60 * 24 * 30 => Now + expiry,
        _ => expiry,
    };

    private Reply Retrieve(Request request, Item? item)
    {
        if (item is null)
        {
            return IsText(request) && request.Verb != Verb.MetaGet
                ? Reply.Miss
                : Outcome(request, ReplyKind.Miss);
        }

        // memcached carries flags out in their order: what is left is what was left before, where t stands before T.
        var head = Encoding.Latin1.GetString(request.Message[..request.Command.HeadLength]);
        var touch = request.Verb == Verb.MetaGet ? Flag(request, 'T')
            : request.Verb is Verb.Gat or Verb.Gats ? request.Command.Expiry : null;
        var left = item.Expiry;
        item.Expiry = touch is { } expiry ? Absolute(expiry) : item.Expiry;
        var isAfter = head.IndexOf(" T", StringComparison.Ordinal) < head.IndexOf(" t", StringComparison.Ordinal);
        left = isAfter ? item.Expiry : left;
        return Hit(request, item, left == 0 ? -1 : left - Now);
    }

    private Reply Store(Request request, string key, Item? item)
    {
        var mode = request.Verb switch
        {
            Verb.MetaSet => Mode(request, 'S'),
            Verb.Add => 'E',
            Verb.Append => 'A',
            Verb.Prepend => 'P',
            Verb.Replace => 'R',
            _ => 'S',
        };
        var isExtended = mode is 'A' or 'P';
        if (isExtended && item is null && Flag(request, 'N') is not null)
        {
            (mode, isExtended) = ('S', false);
        }

        var needs = request.Verb == Verb.Cas || (request.Verb == Verb.MetaSet && Flag(request, 'C') is not null)
            || (!IsText(request) && request.Command.Unique != 0);
        if (needs && item is null)
        {
            return Outcome(request, ReplyKind.Miss);
        }

        if ((mode == 'E' && item is not null) || (mode is 'A' or 'P' or 'R' && item is null))
        {
            return Outcome(
                request, IsText(request) ? ReplyKind.NotStored : mode == 'E' ? ReplyKind.Exists : ReplyKind.Miss);
        }

        if (item is not null && IsOther(request, item))
        {
            return Outcome(request, ReplyKind.Exists);
        }

        var value = request.Value.ToArray();
        return Done(request, () =>
        {
            if (isExtended)
            {
                item!.Value = mode == 'A' ? [.. item.Value, .. value] : [.. value, .. item.Value];
                item.Unique = ++_unique;
                return;
            }

            var expiry = request.Verb == Verb.MetaSet ? Flag(request, 'T') ?? 0 : request.Command.Expiry;
            var flags = request.Verb == Verb.MetaSet ? (uint)(Flag(request, 'F') ?? 0) : request.Command.ClientFlags;
            _items[key] = new Item { Value = value, Flags = flags, Expiry = Absolute(expiry), Unique = ++_unique };
        });
    }

    private Reply Count(Request request, string key, Item? item)
    {
        var isMeta = request.Verb == Verb.MetaArithmetic;
        var creates = isMeta ? Flag(request, 'N')
            : !IsText(request) && (uint)request.Command.Expiry != uint.MaxValue ? request.Command.Expiry : null;
        if (item is null)
        {
            if (creates is not { } life)
            {
                return Outcome(request, ReplyKind.Miss);
            }

            var first = isMeta ? (ulong)(Flag(request, 'J') ?? 0) : request.Command.Initial;
            _items[key] = item = new Item { Expiry = Absolute(life) };
            return Number(request, item, first);
        }

        if (IsOther(request, item))
        {
            return Outcome(request, ReplyKind.Exists);
        }

        if (!ulong.TryParse(item.Value, CultureInfo.InvariantCulture, out var number))
        {
            return Written(request, 0, bytes => ReplyWriter.NotNumeric(bytes, request.Command));
        }

        var delta = isMeta ? (ulong)(Flag(request, 'D') ?? 1) : request.Command.Delta;
        var isUp = isMeta ? Mode(request, 'I') is 'I' or '+' : request.Verb == Verb.Increment;
        return Number(request, item, isUp ? number + delta : number - Math.Min(number, delta));
    }

    private Reply Number(Request request, Item item, ulong number)
    {
        item.Value = Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
        item.Unique = ++_unique;
        return Written(
            request, 0, bytes => ReplyWriter.Number(bytes, request.Message, request.Command, number, item.Unique));
    }

    private Reply Done(Request request, Action change)
    {
        change();
        return Outcome(request, ReplyKind.Done);
    }

    private Reply Outcome(Request request, ReplyKind kind) => Written(
        request, 0, bytes => ReplyWriter.Outcome(bytes, request.Message, request.Command, kind));

    private Reply Hit(Request request, Item item, long left) => Written(request, item.Value.Length, bytes =>
    {
        var command = request.Command;
        command.KeyOffset = request.KeyOffset;
        var head = new HitHead
        {
            ValueLength = item.Value.Length,
            ClientFlags = item.Flags,
            Unique = item.Unique,
            RemainingTtl = left,
        };
        var length = ReplyWriter.Hit(bytes, request.Message, command, head);
        if (ReplyWriter.ReturnsValue(request.Message, command))
        {
            item.Value.CopyTo(bytes.AsSpan(length));
            length += item.Value.Length;
            length += ReplyWriter.HitEnd(bytes.AsSpan(length), command);
        }

        return length;
    });

    private Reply Written(Request request, int room, Func<byte[], int> write)
    {
        var block = loop.Blocks.Rent(ReplyWriter.MaxHead + room);
        var length = write(block.Bytes);
        var status = ReplyReader.TryRead(
            block.Bytes.AsSpan(0, length), request.Verb, request.Command.Protocol, Limits, out var reply);
        if (status != ReadStatus.Read)
        {
            throw new InvalidOperationException($"{request.Verb} was answered by what is no answer.");
        }

        return new Reply
        {
            Kind = reply.Kind,
            Length = length,
            ValueOffset = (ushort)reply.ValueOffset,
            ValueLength = Math.Max(0, reply.ValueLength),
            ClientFlags = reply.ClientFlags,
            Block = block,
        };
    }

    private sealed class Item
    {
        public byte[] Value { get; set; } = [];

        public uint Flags { get; init; }

        public long Expiry { get; set; }

        public ulong Unique { get; set; }
    }
}
