using System.Buffers.Text;
using Fabrik.Memcached.Destinations.Rewriting;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Destinations.Tiers;

/// <summary>What the answer to <c>mg</c>, or to <c>get</c>, says of a value.</summary>
internal readonly struct RefillValue
{
    private const long Never = -1;

    private RefillValue(uint clientFlags, long? secondsLeft, bool isStale)
    {
        ClientFlags = clientFlags;
        SecondsLeft = secondsLeft;
        IsStale = isStale;
    }

    /// <summary>The client's flags.</summary>
    public uint ClientFlags { get; }

    /// <summary>Seconds that it has to live; -1 for ever; null where the answer does not say.</summary>
    public long? SecondsLeft { get; }

    /// <summary>Whether a client marked it as out of date, or is making a newer one (the flags W, X and Z).</summary>
    public bool IsStale { get; }

    /// <summary>Whether so little of its life is left that it cannot be said in seconds.</summary>
    public bool IsNearlyExpired => SecondsLeft == 0;

    /// <summary>Reads an answer.</summary>
    public static RefillValue Read(Reply reply)
    {
        var head = reply.Kind == ReplyKind.Hit ? reply.Message[..reply.ValueOffset] : reply.Message;
        if (!head.StartsWith("VA "u8) && !head.StartsWith("HD"u8))
        {
            return new RefillValue(reply.ClientFlags, null, isStale: false);
        }

        var clientFlags = reply.ClientFlags;
        long? left = null;
        var isStale = false;
        var tokens = new HeadTokens(head);
        var first = head[0] == (byte)'V' ? 2 : 1;
        while (tokens.MoveNext())
        {
            if (tokens.Index < first)
            {
                continue;
            }

            var argument = tokens.Current[1..];
            switch (tokens.Current[0])
            {
                case (byte)'f' when Utf8Parser.TryParse(argument, out uint flags, out _):
                    clientFlags = flags;
                    break;
                case (byte)'t' when Utf8Parser.TryParse(argument, out long seconds, out _):
                    left = seconds;
                    break;
                case (byte)'W' or (byte)'X' or (byte)'Z':
                    isStale = true;
                    break;
            }
        }

        return new RefillValue(clientFlags, left, isStale);
    }

    /// <summary>When a copy of it expires, as clients say it.</summary>
    /// <param name="unixNow">Now, in seconds since 1970.</param>
    /// <param name="otherwise">Seconds to live where the answer does not say.</param>
    public long Expiry(long unixNow, long otherwise)
    {
        var seconds = SecondsLeft ?? otherwise;
        return seconds == Never ? 0 : seconds > RequestMaker.MaxRelativeExpiry ? unixNow + seconds : seconds;
    }
}
