using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Fabrik.Memcached.Destinations.Rewriting;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Destinations.Tiers;

/// <summary>
/// A primary that may be cold, and a warm fallback: what the primary does not have is read at the fallback, answered,
/// and added to the primary with the client's flags and the rest of its life.
/// </summary>
/// <remarks>
/// <para>Which order leaves no stale value:</para>
/// <para>
/// A refill stores by <c>add</c>, so that it never replaces what a client has stored in the meantime. It can only bring
/// back what has been removed. Therefore <b>the fallback is changed first</b>, by <c>set</c> and <c>delete</c> alike,
/// and the primary when the fallback has answered: who reads at the fallback from then on finds the new state, and what
/// was read before it and reached the primary is replaced or removed there. A reading that was on its way while its key
/// changed on the same loop is not stored at all. What is left is a reading of another loop or proxy that takes longer
/// from the fallback to the primary than the change takes at both, and a primary that does not keep the order of what
/// is sent to it: all do but one that is a <see cref="WarmFirst"/> itself.
/// </para>
/// <para>
/// What depends on the value that is there (<c>cas</c>, <c>incr</c>, <c>append</c>, <c>add</c>, ...) is decided by the
/// primary alone, after it was refilled; then the fallback's value, which is old now, is removed before the client is
/// answered. Unique numbers are always the primary's: <c>gets</c>, and every binary retrieval, is asked there again
/// after the refill.
/// </para>
/// <para>
/// A retrieval that fails at the primary is answered by the fallback. A change that fails at either is answered with
/// the failure: the old value may still be there.
/// </para>
/// </remarks>
internal sealed class WarmFirst : Strategy
{
    private readonly ILoop _loop;
    private readonly WarmFirstOptions _options;
    private readonly RequestMaker _maker;
    private readonly RetrievalFrame _frames;
    private readonly FallbackReader _reader;
    private readonly RefillTable _table;
    private readonly BackgroundSends _background;

    /// <summary>Over two destinations of one loop.</summary>
    /// <param name="loop">Their loop.</param>
    /// <param name="primary">What may be cold.</param>
    /// <param name="fallback">What is warm.</param>
    /// <param name="options">How it refills.</param>
    /// <param name="counters">What goes on to be counted; null for counters of its own.</param>
    public WarmFirst(
        ILoop loop,
        Destination primary,
        Destination fallback,
        WarmFirstOptions options,
        StrategyCounters? counters = null)
        : base([primary, fallback], counters)
    {
        _loop = loop;
        _options = options;
        _maker = new RequestMaker(loop);
        _frames = new RetrievalFrame(loop);
        _reader = new FallbackReader(loop, fallback, options.ClassicFor);
        _table = new RefillTable(options.MaxKeys, options.MaxWaiting);
        _background = new BackgroundSends(options.MaxOutstanding, Counters.Copies);
    }

    /// <summary>What is on its way without anybody waiting for it.</summary>
    public override BackgroundSends Background => _background;

    /// <inheritdoc/>
    protected override string Description =>
        "warm_first, the first one; what it lacks from the second one, and into the first one";

    private Destination Primary => Children[0];

    private Destination Fallback => Children[1];

    /// <inheritdoc/>
    public override ValueTask<Reply> SendAsync(Request request)
    {
        Counters.Requests++;
        if (RequestTraits.IsRetrieval(request))
        {
            var first = Primary.SendAsync(request);
            return request.Verb == Verb.MetaDebug ? first : RetrieveAsync(first, request);
        }

        if (RequestTraits.IsPlainStore(request) || RequestTraits.IsPlainDelete(request)
            || request.Verb is Verb.Touch or Verb.FlushAll)
        {
            return ChangeBothAsync(request);
        }

        return RequestTraits.IsChange(request) ? ChangePrimaryAsync(request) : Primary.SendAsync(request);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Reply> RetrieveAsync(ValueTask<Reply> first, Request request)
    {
        request.Retain();
        var reply = await first;
        if (reply.Kind == ReplyKind.Miss)
        {
            reply = RequestMaker.CanWrite(request.RoutingKey)
                ? await RefillAsync(reply, request)
                : ReplyOrder.TakeBetter(reply, await Fallback.SendAsync(request));
        }
        else if (reply.IsFailure && !RequestTraits.WantsUnique(request))
        {
            Counters.Failovers++;
            reply = ReplyOrder.TakeBetter(reply, await Fallback.SendAsync(request));
        }
        else if (!reply.IsFailure && TouchOf(request) is { } expiry)
        {
            TouchFallback(request, expiry);
        }

        request.Release();
        return reply;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Reply> RefillAsync(Reply miss, Request request)
    {
        var canAnswer = RetrievalFrame.CanMake(request);
        var refill = await ReadAsync(request, isStoring: canAnswer);
        if (refill.IsHit && canAnswer)
        {
            miss.Release();
            var answer = refill.Frame(_frames, request);
            refill.Release();
            return answer;
        }

        if (!refill.MayBeStored || !await StoreAsync(refill, request))
        {
            refill.Release();
            return miss;
        }

        miss.Release();
        refill.Release();
        return await Primary.SendAsync(request);
    }

    private ValueTask<Refill> ReadAsync(Request request, bool isStoring)
    {
        if (TouchOf(request) is null && _table.TryJoin(request.RoutingKey, out var joined))
        {
            Counters.Collapsed++;
            return joined;
        }

        return ReadAloneAsync(request, isStoring);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Refill> ReadAloneAsync(Request request, bool isStoring)
    {
        var touch = TouchOf(request);
        if (touch is not null)
        {
            // Who reads it just now would give the primary the life that it had before.
            _table.Overtake(request.RoutingKey);
        }

        var refill = _table.Begin(request);
        var isClassic = _reader.IsClassic;
        var reply = await _reader.ReadAsync(request, touch);
        if (touch is { } expiry && (isClassic || _reader.IsClassic))
        {
            TouchFallback(request, expiry);
        }

        _table.End(refill, reply);
        if (!refill.IsHit)
        {
            return refill;
        }

        if (!refill.MayBeStored)
        {
            Counters.SkippedRefills++;
        }
        else if (isStoring && touch is { } life)
        {
            (await AddAndTouchAsync(refill, request, life)).Release();
            Counters.Refills++;
        }
        else if (isStoring && _background.TryBegin())
        {
            var add = MakeAdd(refill, request);
            _background.Watch(Primary.SendAsync(add));
            add.Release();
            Counters.Refills++;
        }

        return refill;
    }

    // One that read it before it was touched may have stored it already, with the life that it had.
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Reply> AddAndTouchAsync(Refill refill, Request request, long expiry)
    {
        var add = MakeAdd(refill, request);
        var pending = Primary.SendAsync(add);
        add.Release();
        var reply = await pending;
        if (reply.Kind == ReplyKind.NotStored)
        {
            reply.Release();
            var touch = _maker.Touch(request.RoutingKey, expiry);
            var touching = Primary.SendAsync(touch);
            touch.Release();
            reply = await touching;
        }

        return reply;
    }

    // Whether the primary has a value then: this one, or one that came before it.
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<bool> StoreAsync(Refill refill, Request request)
    {
        Counters.Refills++;
        var add = MakeAdd(refill, request);
        var pending = Primary.SendAsync(add);
        add.Release();
        var reply = await pending;
        var isThere = reply.Kind is ReplyKind.Done or ReplyKind.NotStored;
        reply.Release();
        return isThere;
    }

    private Request MakeAdd(Refill refill, Request request)
    {
        var now = _loop.Time.GetUtcNow().ToUnixTimeSeconds();
        var expiry = refill.Value.SecondsLeft is null && TouchOf(request) is { } touched
            ? touched
            : refill.Value.Expiry(now, (long)_options.RefillExpiry.TotalSeconds);
        return _maker.Add(request.RoutingKey, refill.Reply.Value, refill.Value.ClientFlags, expiry);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Reply> ChangeBothAsync(Request request)
    {
        request.Retain();
        _table.Overtake(request.RoutingKey);
        var fallback = await Fallback.SendAsync(request);

        // A fallback of several servers may have answered a reading that began since then before it made the change.
        _table.Overtake(request.RoutingKey);
        var primary = await Primary.SendAsync(request);
        request.Release();

        // A value that only one of them had to remove or to touch was removed or touched.
        var isEither = request.Verb is Verb.Touch or Verb.Delete or Verb.MetaDelete;
        return isEither && !primary.IsFailure && !fallback.IsFailure
            ? ReplyOrder.TakeBetter(primary, fallback)
            : ReplyOrder.TakeWorse(primary, fallback);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Reply> ChangePrimaryAsync(Request request)
    {
        request.Retain();
        var canRefill = RequestMaker.CanWrite(request.RoutingKey);
        var fillsFirst = RequestTraits.IsAdd(request) || RequestTraits.Creates(request);
        if (fillsFirst && canRefill)
        {
            await FillAsync(request);
        }

        var reply = await Primary.SendAsync(request);
        if (!fillsFirst && canRefill && reply.Kind is ReplyKind.Miss or ReplyKind.NotStored && await FillAsync(request))
        {
            reply.Release();
            reply = await Primary.SendAsync(request);
        }

        if (reply.Kind is ReplyKind.Done or ReplyKind.Hit && !(canRefill && await RemoveOldAsync(request)))
        {
            Counters.FailedInvalidations++;
        }

        request.Release();
        return reply;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<bool> FillAsync(Request request)
    {
        var refill = await ReadAsync(request, isStoring: false);
        var isThere = refill.MayBeStored && await StoreAsync(refill, request);
        refill.Release();
        return isThere;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<bool> RemoveOldAsync(Request request)
    {
        _table.Overtake(request.RoutingKey);
        var delete = _maker.Delete(request.RoutingKey);
        var pending = Fallback.SendAsync(delete);
        delete.Release();
        var reply = await pending;
        var isRemoved = reply.Kind is ReplyKind.Done or ReplyKind.Miss;
        reply.Release();
        return isRemoved;
    }

    private void TouchFallback(Request request, long expiry)
    {
        if (RequestMaker.CanWrite(request.RoutingKey) && _background.TryBegin())
        {
            var touch = _maker.Touch(request.RoutingKey, expiry);
            _background.Watch(Fallback.SendAsync(touch));
            touch.Release();
        }
    }

    private static long? TouchOf(Request request) => request.Verb switch
    {
        Verb.Gat or Verb.Gats => request.Command.Expiry,
        Verb.MetaGet when RequestFlags.TryFind(request, (byte)'T', out var argument)
            && Utf8Parser.TryParse(argument, out long expiry, out _) => expiry,
        _ => null,
    };
}
