using System.Threading.Tasks.Sources;
using Fabrik.Memcached.Requests;

namespace Fabrik.Memcached.Destinations;

/// <summary>
/// A request that went to several at a time, and one answer made of theirs. Answers that come after it are released,
/// and then the object is used again.
/// </summary>
internal sealed class Fanout : IValueTaskSource<Reply>
{
    private readonly FanoutPool _pool;
    private readonly Branch[] _branches;
    private readonly int[] _votes = new int[ReplyOrder.Kinds];
    private ManualResetValueTaskSourceCore<Reply> _core;
    private FanoutRule _rule;
    private Reply _candidate;
    private int _arrived;
    private bool _isAnswered;
    private bool _isTaken;

    /// <summary>For as many as there are children.</summary>
    public Fanout(FanoutPool pool)
    {
        _pool = pool;
        _branches = new Branch[pool.Children.Length];
        for (var i = 0; i < _branches.Length; i++)
        {
            _branches[i] = new Branch(this, i);
        }
    }

    /// <summary>Sends it to all.</summary>
    public ValueTask<Reply> Send(Request request, FanoutRule rule)
    {
        _rule = rule;
        _arrived = 0;
        _isAnswered = false;
        _isTaken = false;
        Array.Clear(_votes);
        var task = new ValueTask<Reply>(this, _core.Version);
        foreach (var branch in _branches)
        {
            branch.Start(_pool.Children[branch.Index].SendAsync(request));
        }

        return task;
    }

    /// <inheritdoc/>
    public Reply GetResult(short token)
    {
        var reply = _core.GetResult(token);
        _isTaken = true;
        ReturnIfDone();
        return reply;
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Arrive(int index, Reply reply)
    {
        var isFirst = _arrived++ == 0;
        var isLast = _arrived == _branches.Length;
        if (_isAnswered)
        {
            reply.Release();
            ReturnIfDone();
            return;
        }

        if (IsDecidedBy(index, reply))
        {
            DropCandidate(isFirst);
            Answer(reply);
            return;
        }

        _candidate = isFirst ? reply
            : _rule == FanoutRule.FirstHit ? ReplyOrder.TakeBetter(_candidate, reply)
            : ReplyOrder.TakeWorse(_candidate, reply);
        if (isLast)
        {
            reply = _candidate;
            _candidate = default;
            Answer(reply);
        }
    }

    private bool IsDecidedBy(int index, Reply reply) => _rule switch
    {
        FanoutRule.FirstHit => reply.Kind == Wire.Memcached.ReplyKind.Hit,
        FanoutRule.FirstChild => index == 0,
        FanoutRule.Majority => ++_votes[ReplyOrder.Badness(reply)] > _branches.Length / 2,
        _ => false,
    };

    private void DropCandidate(bool isFirst)
    {
        if (!isFirst)
        {
            _candidate.Release();
            _candidate = default;
        }
    }

    private void Answer(Reply reply)
    {
        _isAnswered = true;
        _core.SetResult(reply);
    }

    private void ReturnIfDone()
    {
        if (_isTaken && _arrived == _branches.Length)
        {
            _core.Reset();
            _pool.Return(this);
        }
    }

    private sealed class Branch
    {
        private readonly Fanout _owner;
        private readonly Action _onAnswer;
        private ValueTask<Reply> _reply;

        public Branch(Fanout owner, int index)
        {
            _owner = owner;
            Index = index;
            _onAnswer = OnAnswer;
        }

        public int Index { get; }

        public void Start(ValueTask<Reply> reply)
        {
            if (reply.IsCompleted)
            {
                _owner.Arrive(Index, Completed.Take(reply));
                return;
            }

            _reply = reply;
            reply.GetAwaiter().UnsafeOnCompleted(_onAnswer);
        }

        private void OnAnswer()
        {
            var reply = Completed.Take(_reply);
            _reply = default;
            _owner.Arrive(Index, reply);
        }
    }
}
