using Fabrik.Memcached.Requests;

namespace Fabrik.Memcached.Destinations.Tiers;

/// <summary>
/// A value on its way from the fallback to the primary, and those who wait for it. Each who has it lets go of it once.
/// </summary>
internal sealed class Refill
{
    private Request? _request;
    private Reply _frame;
    private bool _hasFrame;
    private int _holders;
    private Refill? _before;
    private Refill? _behind;

    /// <summary>What the fallback answered.</summary>
    public Reply Reply { get; private set; }

    /// <summary>What that says.</summary>
    public RefillValue Value { get; private set; }

    /// <summary>
    /// Whether the key was changed since the fallback was asked: the value must not go into the primary.
    /// </summary>
    public bool WasOvertaken { get; set; }

    /// <summary>How many changes of keys there had been before it.</summary>
    public long ChangesBefore { get; init; }

    /// <summary>Whether it is told of changes of its key.</summary>
    public bool IsListed { get; set; }

    /// <summary>The request that it was begun for, while it lasts.</summary>
    public Request Request => _request!;

    /// <summary>Those who wait, the last one first.</summary>
    public RefillWait? Waiting { get; set; }

    /// <summary>How many wait.</summary>
    public int WaitingCount { get; set; }

    /// <summary>Begins.</summary>
    public Refill(Request request)
    {
        _request = request.Retain();
        _holders = 1;
    }

    /// <summary>Whether there is a value that may be answered.</summary>
    public bool IsHit => Reply.Kind == Wire.Memcached.ReplyKind.Hit && !Value.IsStale;

    /// <summary>Whether the value may go into the primary.</summary>
    public bool MayBeStored => IsHit && !WasOvertaken && !Value.IsNearlyExpired;

    /// <summary>Becomes one of those that read the same key.</summary>
    public void StandBehind(Refill first)
    {
        (_before, _behind) = (first, first._behind);
        _behind?._before = this;
        first._behind = this;
        IsListed = true;
    }

    /// <summary>Is none of those that read its key any more.</summary>
    /// <returns>Who is the first one then, where this one was and is not the only one.</returns>
    public Refill? Leave()
    {
        var next = _before is null ? _behind : null;
        _before?._behind = _behind;
        _behind?._before = _before;
        (_before, _behind, IsListed) = (null, null, false);
        return next;
    }

    /// <summary>The key was changed: neither this, the first one, nor those behind it may be stored.</summary>
    public void Overtake()
    {
        for (var refill = this; refill is not null;)
        {
            var next = refill._behind;
            (refill._before, refill._behind) = (null, null);
            (refill.IsListed, refill.WasOvertaken) = (false, true);
            refill = next;
        }
    }

    /// <summary>Holds it, until <see cref="Release"/>.</summary>
    public Refill Retain()
    {
        _holders++;
        return this;
    }

    /// <summary>The fallback has answered.</summary>
    public void SetReply(Reply reply)
    {
        Reply = reply;
        Value = RefillValue.Read(reply);
        _request!.Release();
        _request = null;
    }

    /// <summary>The answer to a text retrieval: made once, and held by each who gets it.</summary>
    public Reply Frame(RetrievalFrame frames, Request request)
    {
        if (!RetrievalFrame.IsShared(request))
        {
            return frames.Make(request, this);
        }

        if (!_hasFrame)
        {
            _frame = frames.Make(request, this);
            _hasFrame = true;
        }

        _frame.Block.Retain();
        return _frame;
    }

    /// <summary>Lets go of it.</summary>
    public void Release()
    {
        if (--_holders > 0)
        {
            return;
        }

        Reply.Release();
        if (_hasFrame)
        {
            _frame.Release();
            _hasFrame = false;
        }
    }
}
