using System.Diagnostics;
using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Clients;

/// <summary>
/// A client: its commands are sent on as they come, and answered in their order. What it may have waiting is limited;
/// beyond that it is not read from.
/// </summary>
internal sealed class ClientConnection : Connection
{
    private readonly ClientScope _scope;
    private readonly ClientLogin? _login;
    private readonly LoopTimer? _idleTimer;
    private readonly Action _onClosed;
    private ClientSlot? _oldest;
    private ClientSlot? _newest;
    private int _pending;
    private long _skip;
    private long _usedAt;
    private MemcachedProtocol _protocol;
    private bool _isKnown;
    private bool _isParsing;
    private bool _isEnding;
    private bool _isPaused;

    /// <summary>Makes one.</summary>
    /// <param name="scope">What it has in common with others.</param>
    /// <param name="login">How it has to log in; null where it need not.</param>
    /// <param name="onClosed">Called when it has ended.</param>
    public ClientConnection(ClientScope scope, ClientLogin? login, Action onClosed)
        : base(scope.Loop)
    {
        _scope = scope;
        _login = login;
        _onClosed = onClosed;
        _usedAt = scope.Loop.Now;
        if (scope.Limits.IdleTimeout > TimeSpan.Zero)
        {
            _idleTimer = new LoopTimer(scope.Loop, CheckIdle);
        }
    }

    /// <summary>Answers that are to come.</summary>
    public int Pending => _pending;

    /// <summary>Begins to serve it.</summary>
    public void Start(IChannel channel)
    {
        Open(channel, PollInterest.Read);
        _scope.Clients.Add(this);
        _scope.Counters.Accepted++;
        _scope.Counters.Current++;
        _idleTimer?.Set(_scope.Limits.IdleTimeout);
    }

    /// <summary>Ends it when it has its answers; nothing more is read from it.</summary>
    public void Drain()
    {
        if (!IsClosed)
        {
            _isEnding = true;
            Read(false);
            EndIfDone();
        }
    }

    /// <summary>Ends it now. What is under way is finished, and dropped.</summary>
    public void Abort() => Close();

    /// <summary>An answer has come for one of its slots.</summary>
    public void OnAnswered()
    {
        if (!_isParsing)
        {
            WriteAnswers();
        }
    }

    /// <summary>A strategy has thrown: a bug.</summary>
    public void OnRequestFault(Exception exception) => Log.RequestFailed(_scope.Log, exception);

    /// <inheritdoc/>
    public override void OnFault(Exception exception)
    {
        Log.ClientFailed(_scope.Log, exception);
        Close();
    }

    /// <inheritdoc/>
    protected override int Consume(Block block, int offset, int length)
    {
        if (!_isKnown)
        {
            _isKnown = true;
            _protocol = CommandReader.Detect(block.Bytes[offset]);
        }

        _usedAt = Loop.Now;
        _isParsing = true;
        var done = 0;
        while (done < length && !IsClosed && !_isEnding && !IsFull())
        {
            var read = _skip > 0 ? Skip(length - done) : ConsumeCommand(block, offset + done, length - done);
            if (read == 0)
            {
                break;
            }

            done += read;
        }

        _isParsing = false;
        if (!IsClosed)
        {
            WriteAnswers();
            PauseOrGoOn();
        }

        return _isEnding ? length : done;
    }

    /// <inheritdoc/>
    protected override void OnReceived(int count) => _scope.Counters.BytesReceived += Math.Max(0, count);

    /// <inheritdoc/>
    protected override void OnSent(int count) => _scope.Counters.BytesSent += count;

    /// <inheritdoc/>
    protected override void OnEnd(bool isBroken)
    {
        if (isBroken)
        {
            Close();
        }
        else
        {
            Drain();
        }
    }

    /// <inheritdoc/>
    protected override void OnFlushed()
    {
        if (_isPaused && !IsFull())
        {
            ConsumeRest();
            PauseOrGoOn();
        }

        EndIfDone();
    }

    /// <inheritdoc/>
    protected override void Close()
    {
        if (IsClosed)
        {
            return;
        }

        base.Close();
        _scope.Clients.Remove(this);
        _scope.Counters.Current--;
        while (_oldest is { } slot)
        {
            _oldest = slot.Next;
            slot.Abandon();
        }

        _newest = null;
        _pending = 0;
        _onClosed();
    }

    private int Skip(int length)
    {
        var part = (int)Math.Min(_skip, length);
        _skip -= part;
        return part;
    }

    private int ConsumeCommand(Block block, int offset, int length)
    {
        var input = block.Bytes.AsSpan(offset, length);
        var status = CommandReader.TryRead(input, _protocol, _scope.ReaderLimits, out var command, out var fault);
        switch (status)
        {
            case ReadStatus.Read:
                Execute(block, offset, in command);
                return command.Length;
            case ReadStatus.Fault:
                AnswerFault(block, offset, in command, in fault);
                _skip = fault.Skip;
                return _skip > 0 ? Skip(length) : length;
            default:
                Needed = command.Length;
                return 0;
        }
    }

    private void AnswerFault(Block block, int offset, in Command command, in CommandFault fault)
    {
        _scope.Counters.Faults++;
        var bytes = new byte[fault.ReplyLength];
        fault.WriteReply(bytes);
        if (fault.Kind == FaultKind.TooLarge && StaleValue.IsLeftBy(in command) && _login is not { IsDone: false })
        {
            DeleteStale(block, offset, in command, bytes);
        }
        else if (bytes.Length > 0)
        {
            AnswerSelf(bytes);
        }

        if (fault.Closes)
        {
            _isEnding = true;
        }
    }

    private void DeleteStale(Block block, int offset, in Command command, byte[] answer)
    {
        var refused = Fill(block, offset, in command, command.KeyOffset, command.KeyLength);
        var route = _scope.Router.Find(refused);
        var slot = Append(StaleValue.Delete(_scope.Loop, refused));
        refused.Release();
        slot.Instead = answer;
        Ask(slot, route);
    }

    private void Execute(Block block, int offset, in Command command)
    {
        _scope.Counters.ByVerb[(int)command.Verb] += Math.Max(1, command.KeyCount);
        if (_login is { IsDone: false })
        {
            AnswerSelf(_login.Answer(block.Bytes.AsSpan(offset, command.Length), in command));
            return;
        }

        switch (command.Verb)
        {
            case Verb.Get or Verb.Gets or Verb.Gat or Verb.Gats when command.Protocol == MemcachedProtocol.Text:
                ExecuteRetrieval(block, offset, in command);
                break;
            case Verb.FlushAll when _scope.FlushAll is { } destination:
                Send(destination, Fill(block, offset, in command, command.KeyOffset, command.KeyLength));
                break;
            case Verb.Stats when IsForServer(block.Bytes.AsSpan(offset, command.Length), in command):
                Send(_scope.OnlyServer!, Fill(block, offset, in command, command.KeyOffset, command.KeyLength));
                break;
            case >= Verb.Noop:
                ExecuteLocally(block, offset, in command);
                break;
            default:
                var request = Fill(block, offset, in command, command.KeyOffset, command.KeyLength);
                Send(_scope.Router.Find(request), request);
                break;
        }
    }

    private bool IsForServer(ReadOnlySpan<byte> line, in Command command) =>
        _scope.OnlyServer is not null
        && command.Protocol == MemcachedProtocol.Text
        && _scope.Admin.Stats(line.Slice(command.KeyOffset, command.KeyLength), command.Protocol, 0) is null;

    private void ExecuteLocally(Block block, int offset, in Command command)
    {
        var bytes = LocalCommands.Answer(block.Bytes.AsSpan(offset, command.Length), in command, _scope.Admin);
        if (bytes.Length > 0)
        {
            AnswerSelf(bytes);
        }

        _isEnding |= command.Verb == Verb.Quit;
    }

    private void ExecuteRetrieval(Block block, int offset, in Command command)
    {
        if (command.KeyCount == 1)
        {
            var request = Fill(block, offset, in command, command.KeyOffset, command.KeyLength);
            var slot = Append(request);
            slot.Join(null, isLast: true);
            Ask(slot, _scope.Router.Find(request));
            return;
        }

        var retrieval = _scope.Slots.RentRetrieval();
        var keys = new KeyEnumerator(block.Bytes.AsSpan(offset, command.Length), in command);
        for (var i = 0; i < command.KeyCount && keys.MoveNext() && !IsClosed; i++)
        {
            var request = Fill(block, offset, in command, keys.Offset, keys.Length);
            var route = _scope.Router.Find(request);
            if (i == 0)
            {
                var isStrict = command.Verb is Verb.Gets or Verb.Gats
                    || route is { PartialFailure: Configuration.PartialFailure.Error };
                retrieval.Begin(command.KeyCount, isStrict);
            }

            var slot = Append(request);
            slot.Join(retrieval, i == command.KeyCount - 1);
            Ask(slot, route);
        }
    }

    private Request Fill(Block block, int offset, in Command command, int keyOffset, int keyLength)
    {
        var request = _scope.Loop.Requests.Rent();
        if (command.KeyLength == keyLength)
        {
            request.Fill(block, offset, in command, offset + keyOffset);
        }
        else
        {
            var single = command;
            single.KeyLength = keyLength;
            request.Fill(block, offset, in single, offset + keyOffset);
        }

        if (command.HasEncodedKey)
        {
            request.DecodeKey();
        }

        return request;
    }

    private void Send(Route? route, Request request) => Ask(Append(request), route);

    private void Send(Destinations.Destination destination, Request request) =>
        Append(request).Await(destination.SendAsync(request));

    private void Ask(ClientSlot slot, Route? route)
    {
        if (RouteQuestion.IsOne(slot.Request!))
        {
            slot.Finish(LocalCommands.Value(slot.Request!, RouteQuestion.Answer(slot.Request!.Key, _scope.Router)));
        }
        else if (route is not null)
        {
            route.Counters.Requests++;
            slot.Count(route, Loop);
            slot.Effects = route.Effects;
            slot.Await(route.Destination.SendAsync(slot.Request!));
        }
        else
        {
            slot.Finish(in ProxyReplies.NoRoute);
        }
    }

    private void AnswerSelf(byte[] bytes) =>
        Append(null).Finish(Reply.Constant(ReplyKind.Done, bytes));

    private ClientSlot Append(Request? request)
    {
        var slot = _scope.Slots.Rent();
        slot.Begin(this, request);
        if (_newest is null)
        {
            _oldest = slot;
        }
        else
        {
            _newest.Next = slot;
        }

        _newest = slot;
        _pending++;
        return slot;
    }

    private void WriteAnswers()
    {
        var hasEnd = false;
        while (_oldest is { IsDone: true } slot)
        {
            if (slot.Retrieval is { IsStrict: true, IsComplete: false })
            {
                break;
            }

            ReplyOutput.Write(Out, slot);
            hasEnd |= slot.Retrieval is null || slot.IsLast;
            Count(slot);
            _oldest = slot.Next;
            _pending--;
            if (slot is { Retrieval: { } retrieval, IsLast: true })
            {
                _scope.Slots.Return(retrieval);
            }

            slot.Recycle();
        }

        if (_oldest is null)
        {
            _newest = null;
        }

        // A part of a retrieval is of no use to anybody yet: the values of all servers leave together.
        if (hasEnd || Out.Length >= BlockPool.BlockSize || _isPaused || _isEnding)
        {
            Loop.MarkDirty(this);
        }
    }

    private void Count(ClientSlot slot)
    {
        if (slot.Request is null)
        {
            return;
        }

        var counters = _scope.Counters;
        var reply = slot.Reply;
        var isRead = slot.Request.Verb is Verb.Get or Verb.Gets or Verb.Gat or Verb.Gats or Verb.MetaGet;
        counters.Hits += isRead && reply.Kind == ReplyKind.Hit ? 1 : 0;
        counters.Misses += isRead && reply.Kind == ReplyKind.Miss ? 1 : 0;
        counters.Failures += reply.IsFailure ? 1 : 0;
    }

    private bool IsFull()
    {
        var limits = _scope.Limits;
        return _isPaused
            ? _pending > limits.MaxPipelineDepth / 2 || Unsent > limits.MaxUnsent / 2
            : _pending >= limits.MaxPipelineDepth || Unsent > limits.MaxUnsent;
    }

    private void PauseOrGoOn()
    {
        if (IsClosed || _isEnding)
        {
            return;
        }

        _isPaused = IsFull();
        Read(!_isPaused);
    }

    private void EndIfDone()
    {
        if (_isEnding && _pending == 0 && Out.IsEmpty)
        {
            Close();
        }
        else if (_isEnding)
        {
            Read(false);
        }
    }

    private void CheckIdle()
    {
        Debug.Assert(_idleTimer is not null, "Only one that has a timer is called by it.");
        var left = _scope.Limits.IdleTimeout - Loop.Time.GetElapsedTime(_usedAt, Loop.Now);
        if (IsClosed || _scope.Limits.IdleTimeout <= TimeSpan.Zero)
        {
            return;
        }

        if (left <= TimeSpan.Zero && _pending == 0)
        {
            Close();
        }
        else
        {
            _idleTimer.Set(left > TimeSpan.Zero ? left : _scope.Limits.IdleTimeout);
        }
    }
}
