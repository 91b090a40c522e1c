using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Destinations;

/// <summary>
/// Requests whose answers nobody waits for: as many as a limit at a time, further ones are dropped. Their answers are
/// released.
/// </summary>
/// <param name="limit">How many may be on their way.</param>
/// <param name="counters">Where they are counted.</param>
internal sealed class BackgroundSends(int limit, SendCounters counters)
{
    private readonly Stack<Send> _idle = new();

    /// <summary>How many are on their way.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Whether one more may be sent. It counts the one that is dropped where it may not.</summary>
    public bool TryBegin()
    {
        if (Outstanding < limit)
        {
            return true;
        }

        counters.Dropped++;
        return false;
    }

    /// <summary>Sends a request, unless there are too many. The request stays the caller's.</summary>
    public bool TrySend(Destination destination, Request request)
    {
        if (!TryBegin())
        {
            return false;
        }

        Watch(destination.SendAsync(request));
        return true;
    }

    /// <summary>Waits for an answer that somebody else has asked for, and releases it.</summary>
    public void Watch(ValueTask<Reply> reply)
    {
        counters.Sent++;
        Outstanding++;
        if (reply.IsCompleted)
        {
            End(Completed.Take(reply));
            return;
        }

        if (!_idle.TryPop(out var send))
        {
            send = new Send(this);
        }

        send.Start(reply);
    }

    private void End(Reply reply)
    {
        Outstanding--;
        if (reply.IsFailure || reply.Kind == ReplyKind.ClientError)
        {
            counters.Failed++;
        }

        reply.Release();
    }

    private sealed class Send
    {
        private readonly BackgroundSends _owner;
        private readonly Action _onAnswer;
        private ValueTask<Reply> _reply;

        public Send(BackgroundSends owner)
        {
            _owner = owner;
            _onAnswer = OnAnswer;
        }

        public void Start(ValueTask<Reply> reply)
        {
            _reply = reply;
            reply.GetAwaiter().UnsafeOnCompleted(_onAnswer);
        }

        private void OnAnswer()
        {
            var reply = Completed.Take(_reply);
            _reply = default;
            _owner._idle.Push(this);
            _owner.End(reply);
        }
    }
}
