using System.Text;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.MemcachedTests.Model;

/// <summary>
/// A memcached in memory, as a connection to one is seen: answers come in the order of requests, when the test says so.
/// Where it may fail it does, in each way that a connection knows.
/// </summary>
internal sealed class ModelServer(ILoop loop, PendingReplyPool pool, Random random, bool isFaulty)
    : Destination, IServerHealth
{
    private static readonly Reply NotSent = Failure("is overloaded") with { WasNotSent = true };
    private static readonly Reply TimedOut = Failure("timed out");
    private static readonly Reply Closed = Failure("closed the connection");

    private readonly Queue<(Request Request, PendingReply Waiter)> _waiting = new();
    private readonly ModelStore _store = new(loop);

    /// <summary>Requests that are to be answered.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Whether nothing can be sent to it.</summary>
    public bool IsDown { get; set; }

    /// <inheritdoc/>
    public bool IsUsable => !IsDown;

    /// <summary>The share of keys that it takes, of 256.</summary>
    public int Share { get; set; } = 256;

    /// <inheritdoc/>
    public bool Takes(ReadOnlySpan<byte> key) => IsUsable && (key.Length == 0 ? 0 : key[^1]) < Share;

    /// <inheritdoc/>
    public override ValueTask<Reply> SendAsync(Request request)
    {
        if (IsDown || (isFaulty && random.Next(40) == 0))
        {
            return new ValueTask<Reply>(NotSent);
        }

        if (_waiting.Count == 0 && random.Next(10) == 0)
        {
            return new ValueTask<Reply>(_store.Execute(request));
        }

        var waiter = pool.Rent();
        _waiting.Enqueue((request.Retain(), waiter));
        return waiter.Task;
    }

    /// <summary>Answers the oldest one, or fails it, or all.</summary>
    public void Step()
    {
        switch (isFaulty ? random.Next(40) : 40)
        {
            case 0:
                Answer(_store.Execute, TimedOut);
                break;
            case 1:
                Answer(null, TimedOut);
                break;
            case 2:
                Close();
                break;
            case 3:
                Answer(null, ServerError());
                break;
            default:
                Answer(_store.Execute, null);
                break;
        }
    }

    /// <inheritdoc/>
    public override void Explain(ReadOnlySpan<byte> key, DestinationPath path) => path.Add(Name);

    private static Reply Failure(string why) =>
        Reply.Constant(ReplyKind.Failed, Encoding.ASCII.GetBytes($"SERVER_ERROR backend model {why}\r\n"));

    private Reply ServerError()
    {
        var block = loop.Blocks.Rent();
        var line = "SERVER_ERROR out of memory storing object\r\n"u8;
        line.CopyTo(block.Bytes);
        return new Reply { Kind = ReplyKind.ServerError, Length = line.Length, Block = block };
    }

    private void Close()
    {
        // What the server had read it carries out, although nobody hears of it.
        var carriedOut = random.Next(_waiting.Count + 1);
        for (var left = _waiting.Count; left > 0; left--)
        {
            Answer(carriedOut-- > 0 ? _store.Execute : null, Closed);
        }
    }

    private void Answer(Func<Request, Reply>? execute, Reply? instead)
    {
        var (request, waiter) = _waiting.Dequeue();
        var reply = execute?.Invoke(request);
        request.Release();
        if (instead is { } other)
        {
            reply?.Release();
            reply = other;
        }

        waiter.Complete(reply!.Value);
    }
}
