using System.Buffers.Text;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Destinations.Rewriting;

/// <summary>Shortens the life of what requests store, to at most some seconds.</summary>
internal sealed class ExpiryCap
{
    private readonly ILoop _loop;
    private readonly RequestRewriter _rewriter;
    private readonly long _seconds;

    /// <summary>Of a length of 1 second to 30 days: longer ones would mean a point in time.</summary>
    public ExpiryCap(ILoop loop, TimeSpan limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, TimeSpan.FromDays(30));
        _loop = loop;
        _rewriter = new RequestRewriter(loop);
        _seconds = (long)limit.TotalSeconds;
    }

    /// <summary>
    /// The request, or a copy with a shorter life: for <c>set</c>, <c>add</c>, <c>replace</c>, <c>cas</c>,
    /// <c>touch</c>, <c>gat</c>, <c>gats</c>, what sets an expiry in <c>ms</c>, <c>mg</c> and <c>ma</c>, and their
    /// binary forms. The caller holds it.
    /// </summary>
    public Request Apply(Request request) => request.Verb switch
    {
        Verb.Set or Verb.Add or Verb.Replace or Verb.Cas or Verb.Touch or Verb.Gat or Verb.Gats
            when IsTooLong(request.Command.Expiry) => _rewriter.WithExpiry(request, _seconds, []),
        Verb.Increment or Verb.Decrement when IsTooLongCount(request) => _rewriter.WithExpiry(request, _seconds, []),
        Verb.MetaSet => ApplyToFlags(request, withoutFlag: 0),
        // Without these flags the life of what is there does not change.
        Verb.MetaGet or Verb.MetaArithmetic => ApplyToFlags(request, withoutFlag: -1),
        _ => request.Retain(),
    };

    private Request ApplyToFlags(Request request, long withoutFlag)
    {
        var isTooLong = IsTooLong(FlagOf(request, (byte)'T', withoutFlag));
        var isNewTooLong = IsTooLong(FlagOf(request, (byte)'N', otherwise: -1));
        return (isTooLong, isNewTooLong) switch
        {
            (true, true) => _rewriter.WithExpiry(request, _seconds, "TN"u8),
            (true, false) => _rewriter.WithExpiry(request, _seconds, "T"u8),
            (false, true) => _rewriter.WithExpiry(request, _seconds, "N"u8),
            _ => request.Retain(),
        };
    }

    // Text commands that count make no value; binary ones do, unless they say so.
    private bool IsTooLongCount(Request request) =>
        request.Command.Protocol == MemcachedProtocol.Binary
        && (uint)request.Command.Expiry != RequestTraits.BinaryNoCreation && IsTooLong(request.Command.Expiry);

    private bool IsTooLong(long expiry) => expiry > RequestMaker.MaxRelativeExpiry
        ? expiry - _loop.Time.GetUtcNow().ToUnixTimeSeconds() > _seconds
        : expiry == 0 || expiry > _seconds;

    private static long FlagOf(Request request, byte flag, long otherwise) =>
        RequestFlags.TryFind(request, flag, out var argument) && Utf8Parser.TryParse(argument, out long value, out _)
            ? value
            : otherwise;
}
