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
    private readonly Action _onClosed;
    private readonly AnswerQueue _answers;
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
        _answers = new AnswerQueue(scope);
        _usedAt = scope.Loop.Now;
    }

    /// <summary>Answers that are to come.</summary>
    public int Pending => _answers.Count;

    /// <summary>Begins to serve it.</summary>
    public void Start(IChannel channel)
    {
        Open(channel, PollInterest.Read);
        _scope.Clients.Add(this);
        _scope.Counters.Accepted++;
        _scope.Counters.Current++;
    }

    /// <summary>Ends it when it has its answers; nothing more is read from it.</summary>
    public void Drain()
    {
        if (!IsClosed)
        {
            End();
            Read(false);
            EndIfDone();
        }
    }

    /// <summary>Nothing more is done for it; it ends when it has its answers.</summary>
    public void End() => _isEnding = true;

    /// <summary>Ends it now. What is under way is finished, and dropped.</summary>
    public void Abort() => Close();

    /// <summary>Whether it has asked nothing for a time, and waits for nothing.</summary>
    public bool IsIdleFor(TimeSpan time) =>
        Pending == 0 && Loop.Time.GetElapsedTime(_usedAt, Loop.Now) >= time;

    /// <summary>Adds the place of an answer, behind those that are to come.</summary>
    public ClientSlot Append(Request? request) => _answers.Append(this, request);

    /// <summary>Answers for the proxy itself.</summary>
    public void AnswerSelf(byte[] bytes)
    {
        var slot = Append(null);
        slot.Instead = bytes;
        slot.Finish(default);
    }

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
        while (done < length && !IsClosed && !_isEnding && HasRoom())
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
    protected override void OnSent(int count)
    {
        // Who takes an answer piece by piece is not idle.
        _usedAt = Loop.Now;
        _scope.Counters.BytesSent += count;
    }

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
        _answers.Abandon();
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
        var limits = _login is { IsDone: false } ? ClientLogin.Limits : _scope.ReaderLimits;
        var status = CommandReader.TryRead(input, _protocol, limits, out var command, out var fault);
        switch (status)
        {
            case ReadStatus.Read:
                _scope.Counters.ByVerb[(int)command.Verb] += Math.Max(1, command.KeyCount);
                if (_login is { IsDone: false })
                {
                    AnswerSelf(_login.Answer(input[..command.Length], in command));
                }
                else
                {
                    _scope.Commands.Execute(this, block, offset, in command);
                }

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
            _scope.Commands.DeleteStale(this, block, offset, in command, bytes);
        }
        else if (bytes.Length > 0)
        {
            AnswerSelf(bytes);
        }

        _isEnding |= fault.Closes;
    }

    private void WriteAnswers()
    {
        // A part of a retrieval waits for the rest of it: the values of all servers leave together.
        var hasEnd = _answers.WriteTo(Out);
        if (hasEnd || Out.Length >= BlockPool.BlockSize || _isPaused || _isEnding)
        {
            _usedAt = Loop.Now;
            Loop.MarkDirty(this);
        }
    }

    private bool HasRoom()
    {
        if (IsFull())
        {
            // Many answers are there at once, and do not wait.
            WriteAnswers();
        }

        return !IsFull();
    }

    private bool IsFull()
    {
        var limits = _scope.Limits;
        return _isPaused
            ? Pending > limits.MaxPipelineDepth / 2 || Unsent > limits.MaxUnsent / 2
            : Pending >= limits.MaxPipelineDepth || Unsent > limits.MaxUnsent;
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
        if (_isEnding && Pending == 0 && !HasUnsent)
        {
            Close();
        }
        else if (_isEnding)
        {
            Read(false);
        }
    }
}
