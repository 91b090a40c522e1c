using System.Net;
using System.Net.Sockets;
using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Servers;

/// <summary>
/// A connection to a server: requests of many clients go out in the order in which they came, and answers belong to
/// them in that order. Whatever does not fit ends the connection, so that no answer goes to a wrong request.
/// </summary>
internal abstract class ServerConnection : Connection
{
    private const int WriteAhead = 1024 * 1024;
    private const int FewRequests = 32;
    private const int FewBytes = 4 * 1024;

    private readonly LoopTimer _replyTimer;
    private readonly LoopTimer _connectTimer;
    private readonly ServerAge _age;
    private long _receivedAt;
    private long _waitingBytes;
    private State _state;
    private bool _hasLateUnwritten;

    protected ServerConnection(ServerLink link, Action<ServerConnection, ServerFailure> onClosed)
        : base(link.Loop)
    {
        Link = link;
        OnClosed = onClosed;
        _replyTimer = new LoopTimer(Loop, CheckReplies);
        _connectTimer = new LoopTimer(Loop, CheckConnect);
        _age = new ServerAge(this, link);
        _receivedAt = Loop.Now;
    }

    private enum State
    {
        Connecting,
        Authenticating,
        Ready,
    }

    /// <summary>Requests whose answers are to come.</summary>
    public int Pending => Exchanges.Count;

    /// <inheritdoc/>
    public override bool CanWait =>
        _waitingBytes < FewBytes && Exchanges.Count - Written < FewRequests && Written < Exchanges.Count;

    /// <summary>Whether it takes requests.</summary>
    public bool IsOpen => !IsClosed && !IsDraining;

    /// <summary>Whether it only waits for its answers to come, and ends then.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>Whether the server has answered anything.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>What all connections to the server share.</summary>
    protected ServerLink Link { get; }

    /// <summary>What was accepted and is not answered: first what was written, then what was not.</summary>
    protected ExchangeQueue Exchanges { get; } = new();

    /// <summary>How many of <see cref="Exchanges"/> were written.</summary>
    protected int Written { get; private set; }

    private Action<ServerConnection, ServerFailure> OnClosed { get; }

    /// <summary>Begins to connect.</summary>
    /// <exception cref="SocketException">It cannot even be begun.</exception>
    public void Connect(EndPoint endPoint)
    {
        Open(Link.OpenChannel(ServerSocket.Connect(endPoint)), PollInterest.Write);
        _connectTimer.Set(Link.Options.ConnectTimeout);
        Link.Counters.Connections++;
    }

    /// <summary>Sends a request with what else there is in this turn.</summary>
    public ValueTask<Reply> SendAsync(Request request)
    {
        var options = Link.Options;
        if (Exchanges.Count >= options.MaxPending || Unsent + _waitingBytes > options.MaxUnsent)
        {
            Link.Counters.Failures++;
            return new ValueTask<Reply>(Link.Failures[ServerFailure.Overloaded]);
        }

        var waiter = Loop.PendingReplies.Rent();
        ref var exchange = ref Exchanges.Add();
        exchange.Request = request.Retain();
        exchange.Waiter = waiter;
        exchange.Since = Loop.Now;
        _age.Use();
        Link.Counters.Pending++;
        _waitingBytes += WrittenLength(request);
        _replyTimer.Set(options.ReplyTimeout);
        if (_state == State.Ready)
        {
            Loop.MarkDirty(this);
        }

        return waiter.Task;
    }

    /// <summary>Takes no more requests, and ends when all were answered.</summary>
    public void Drain()
    {
        IsDraining = true;
        EndIfDrained();
    }

    /// <summary>Ends it; what is not answered fails.</summary>
    public void Close(ServerFailure failure)
    {
        if (IsClosed)
        {
            return;
        }

        Close();
        Link.Counters.Connections--;
        OnClosed(this, failure);
        Written = 0;
        while (Exchanges.Count > 0)
        {
            Complete(Link.Failures[failure]);
        }
    }

    /// <inheritdoc/>
    public override void OnReady(PollInterest ready)
    {
        if (_state == State.Connecting && !FinishConnecting())
        {
            return;
        }

        base.OnReady(ready);
    }

    /// <inheritdoc/>
    public override void OnFault(Exception exception)
    {
        Log.ConnectionFailed(Link.Log, Link.Name, exception);
        Close(ServerFailure.BadReply);
    }

    /// <inheritdoc/>
    protected override void OnEnd(bool isBroken) =>
        Close(_state == State.Ready ? ServerFailure.Closed : ServerFailure.Unreachable);

    /// <inheritdoc/>
    protected override void OnSent(int count) => Link.Counters.BytesSent += count;

    /// <inheritdoc/>
    protected override bool PrepareFlush()
    {
        if (_state == State.Ready)
        {
            WriteWaiting();
        }

        return _state != State.Connecting && !IsClosed;
    }

    /// <inheritdoc/>
    protected override void OnFlushed()
    {
        if (Written < Exchanges.Count && Out.IsEmpty && _state == State.Ready)
        {
            Loop.MarkDirty(this);
        }
    }

    /// <inheritdoc/>
    protected sealed override int Consume(Block block, int offset, int length)
    {
        _receivedAt = Loop.Now;
        Link.Counters.BytesReceived += length;
        var done = 0;
        while (done < length && !IsClosed)
        {
            var read = _state == State.Authenticating
                ? ConsumeCredentialsReply(block.Bytes.AsSpan(offset + done, length - done))
                : Written > 0 ? ConsumeReply(block, offset + done, length - done) : -1;
            if (read == 0)
            {
                break;
            }

            if (read < 0)
            {
                Log.WrongReply(Link.Log, Link.Name);
                Close(ServerFailure.BadReply);
                break;
            }

            done += read;
        }

        EndIfDrained();
        return done;
    }

    /// <summary>Reads the answer, or the part of one, that stands first.</summary>
    /// <returns>Its bytes; 0 when it is not whole; -1 when it is wrong.</returns>
    protected abstract int ConsumeReply(Block block, int offset, int length);

    /// <summary>Writes the request, or those, that stand first among what was not written.</summary>
    /// <returns>How many.</returns>
    protected abstract int Write(int index);

    /// <summary>Writes what shows who this is.</summary>
    protected abstract void WriteCredentials();

    /// <summary>Reads the answer to <see cref="WriteCredentials"/>: right or wrong.</summary>
    protected abstract ReadStatus ReadCredentialsReply(ReadOnlySpan<byte> input, out int length);

    /// <summary>Gives the oldest one its answer, and takes it away. Whoever waits holds the answer then.</summary>
    /// <param name="reply">The answer; what it is in is held already.</param>
    protected void Complete(in Reply reply)
    {
        ref var oldest = ref Exchanges[0];
        var waiter = oldest.Waiter;
        var (request, since) = (oldest.Request, oldest.Since);
        Exchanges.Remove();
        Written = Math.Max(0, Written - 1);
        request.Release();
        if (waiter is null)
        {
            reply.Release();
            return;
        }

        Answer(waiter, since, in reply);
    }

    /// <summary>Gives one its answer.</summary>
    protected void Answer(PendingReply waiter, long since, in Reply reply)
    {
        var counters = Link.Counters;
        counters.Pending--;
        if (reply.Kind == ReplyKind.Failed)
        {
            counters.Failures++;
        }
        else
        {
            HasAnswered = true;
            counters.Hits += reply.Kind == ReplyKind.Hit ? 1 : 0;
            counters.Latency.Add(Loop.MicrosecondsSince(since));
            Link.Observer.Succeeded();
        }

        waiter.Complete(in reply);
    }

    // Of a line with many keys each request is written with its own.
    private static int WrittenLength(Request request) =>
        request.Verb is Verb.Get or Verb.Gets or Verb.Gat or Verb.Gats ? request.Key.Length : request.Command.Length;

    private int ConsumeCredentialsReply(ReadOnlySpan<byte> input)
    {
        var status = ReadCredentialsReply(input, out var length);
        if (status == ReadStatus.Fault)
        {
            Log.CredentialsRefused(Link.Log, Link.Name);
            Close(ServerFailure.Refused);
            return length;
        }

        if (status == ReadStatus.Read)
        {
            BecomeReady();
        }

        return status == ReadStatus.Read ? length : 0;
    }

    private bool FinishConnecting()
    {
        if (Socket!.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is int error and not 0)
        {
            Log.ConnectFailed(Link.Log, Link.Name, (SocketError)error);
            Close(ServerFailure.Unreachable);
            return false;
        }

        Read(true);
        if (Link.Options.Credentials is null)
        {
            BecomeReady();
        }
        else
        {
            _state = State.Authenticating;
            WriteCredentials();
        }

        return true;
    }

    private void BecomeReady()
    {
        _state = State.Ready;
        Link.Counters.Connects++;
        Loop.MarkDirty(this);
        _age.Watch();
    }

    private void WriteWaiting()
    {
        if (_hasLateUnwritten)
        {
            DropLateUnwritten();
        }

        while (Written < Exchanges.Count && Out.Length < WriteAhead)
        {
            for (var count = Write(Written); count > 0; count--)
            {
                _waitingBytes -= WrittenLength(Exchanges[Written++].Request);
            }
        }
    }

    private void DropLateUnwritten()
    {
        _hasLateUnwritten = false;
        Exchanges.DropAnswered(Written);
        _waitingBytes = 0;
        for (var i = Written; i < Exchanges.Count; i++)
        {
            _waitingBytes += WrittenLength(Exchanges[i].Request);
        }

        EndIfDrained();
    }

    private void CheckReplies()
    {
        var timeout = Loop.Ticks(Link.Options.ReplyTimeout);
        for (var i = 0; i < Exchanges.Count && !IsClosed && Exchanges[i].Since + timeout <= Loop.Now; i++)
        {
            if (Exchanges[i].Waiter is { } waiter)
            {
                Exchanges[i].Waiter = null;
                _hasLateUnwritten |= i >= Written;
                Link.Counters.Timeouts++;
                Link.Observer.Failed(ServerFailure.TimedOut);
                Answer(waiter, 0, in Link.Failures[ServerFailure.TimedOut]);
            }
        }

        if (IsClosed || Exchanges.Count == 0)
        {
            return;
        }

        if (Loop.Now - Math.Max(_receivedAt, Exchanges[0].Since) >= 2 * timeout)
        {
            Close(ServerFailure.TimedOut);
            return;
        }

        var next = Exchanges.OldestAwaited is { } since ? Loop.Time.GetElapsedTime(since, Loop.Now) : TimeSpan.Zero;
        _replyTimer.Set(Link.Options.ReplyTimeout - next);
    }

    private void CheckConnect()
    {
        if (_state != State.Ready)
        {
            Close(ServerFailure.Unreachable);
        }
    }

    private void EndIfDrained()
    {
        if (IsDraining && Exchanges.Count == 0)
        {
            Close(ServerFailure.Closed);
        }
    }
}
