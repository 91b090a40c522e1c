using System.Text;
using System.Threading.Tasks.Sources;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.MemcachedTests.Destinations;

/// <summary>
/// A destination that notes what it is sent. It answers what it was told to, by the first word of the command, or keeps
/// requests waiting until a test answers them.
/// </summary>
internal sealed class FakeDestination(ILoop loop) : Destination
{
    private readonly Dictionary<string, Queue<Func<Reply>>> _scripts = [];
    private readonly List<Pending> _pending = [];

    /// <summary>What came in, a message each, with the line ends left out at the end.</summary>
    public List<string> Received { get; } = [];

    /// <summary>How many wait for the test.</summary>
    public int Waiting => _pending.Count;

    /// <summary>What it answers where nothing was said of a command; null for keeping it waiting.</summary>
    public Func<Reply>? Otherwise { get; set; }

    /// <summary>Is shown each request; null for nobody.</summary>
    public Action<Request>? Sent { get; set; }

    /// <summary>Says what it answers to a command, once; the last one stays.</summary>
    public FakeDestination On(string command, params string[] replies)
    {
        if (!_scripts.TryGetValue(command, out var queue))
        {
            _scripts[command] = queue = new Queue<Func<Reply>>();
        }

        foreach (var reply in replies)
        {
            queue.Enqueue(() => TestReplies.Text(loop, reply));
        }

        return this;
    }

    /// <summary>Answers the one that waits longest.</summary>
    public void Answer(string reply)
    {
        var pending = _pending[0];
        _pending.RemoveAt(0);
        pending.Set(TestReplies.Text(loop, reply));
    }

    public override ValueTask<Reply> SendAsync(Request request)
    {
        Received.Add(Describe(request));
        Sent?.Invoke(request);
        var word = Received[^1].Split(' ')[0];
        if (_scripts.TryGetValue(word, out var queue))
        {
            return new ValueTask<Reply>((queue.Count > 1 ? queue.Dequeue() : queue.Peek())());
        }

        if (Otherwise is { } otherwise)
        {
            return new ValueTask<Reply>(otherwise());
        }

        var pending = new Pending(request);
        _pending.Add(pending);
        return new ValueTask<Reply>(pending, 0);
    }

    public override void Explain(ReadOnlySpan<byte> key, DestinationPath path) => path.Add(Name);

    private static string Describe(Request request)
    {
        if (request.Command.Protocol == MemcachedProtocol.Binary)
        {
            return "binary " + Convert.ToHexString(request.Message);
        }

        // As a connection to a server does it: a line of its own for the key of a retrieval.
        var message = request.Verb is Verb.Get or Verb.Gets
            ? $"{(request.Verb == Verb.Get ? "get" : "gets")} {Encoding.Latin1.GetString(request.Key)}"
            : Encoding.Latin1.GetString(request.Message);
        return message.TrimEnd('\r', '\n').Replace("\r\n", "|", StringComparison.Ordinal);
    }

    private sealed class Pending(Request request) : IValueTaskSource<Reply>
    {
        private readonly Request _request = request.Retain();
        private ManualResetValueTaskSourceCore<Reply> _core;

        public void Set(Reply reply)
        {
            _request.Release();
            _core.SetResult(reply);
        }

        public Reply GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(
            Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}
