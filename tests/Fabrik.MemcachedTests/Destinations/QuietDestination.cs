using System.Threading.Tasks.Sources;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.MemcachedTests.Destinations;

/// <summary>
/// A destination that allocates nothing, as one of sockets does not: requests wait until all are answered.
/// </summary>
internal sealed class QuietDestination : Destination
{
    private static readonly Reply Stored = Reply.Constant(ReplyKind.Done, "STORED\r\n"u8.ToArray());

    private readonly Stack<Wait> _idle = new();
    private readonly Queue<Wait> _waiting = new();

    public override ValueTask<Reply> SendAsync(Request request)
    {
        if (!_idle.TryPop(out var wait))
        {
            wait = new Wait(_idle);
        }

        _waiting.Enqueue(wait);
        return wait.Task;
    }

    public void AnswerAll()
    {
        while (_waiting.TryDequeue(out var wait))
        {
            wait.Set(Stored);
        }
    }

    public override void Explain(ReadOnlySpan<byte> key, DestinationPath path) => path.Add(Name);

    private sealed class Wait(Stack<Wait> idle) : IValueTaskSource<Reply>
    {
        private ManualResetValueTaskSourceCore<Reply> _core;

        public ValueTask<Reply> Task => new(this, _core.Version);

        public void Set(Reply reply) => _core.SetResult(reply);

        public Reply GetResult(short token)
        {
            var reply = _core.GetResult(token);
            _core.Reset();
            idle.Push(this);
            return reply;
        }

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(
            Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}
