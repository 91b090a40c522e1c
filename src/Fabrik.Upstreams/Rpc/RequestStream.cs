using System.Net;
using Fabrik.Wire.Grpc;

namespace Fabrik.Upstreams.Rpc;

/// <summary>
/// A stream of messages, each written straight to the HTTP/2 stream: a write takes as long as the server takes to make
/// room. Nothing is kept to be sent again, so the first message commits the call to its attempt.
/// </summary>
internal sealed class RequestStream<TRequest> : RequestSource, IClientStreamWriter<TRequest>
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RequestBuffer _buffer = new();
    private readonly RequestFormat<TRequest> _format;
    private readonly CallLife _life;
    private TaskCompletionSource<Stream> _opened = NewOpened();
    private int _turn;
    private bool _isCommitted;
    private bool _isWriting;

    public RequestStream(CallLife life, RequestFormat<TRequest> format)
    {
        _life = life;
        _format = format;
        life.Token.UnsafeRegister(static completed => ((TaskCompletionSource)completed!).TrySetCanceled(), _completed);
    }

    /// <inheritdoc/>
    public WriteOptions? WriteOptions { get; set; }

    /// <summary>
    /// What a write that failed waits for, to find out why: the answer, or its head where its messages are the
    /// caller's to read.
    /// </summary>
    public Task Answered { get; set; } = Task.CompletedTask;

    public override HttpContent NewContent() => new Content(this);

    public override bool TryRewind() => TryBegin(out _);

    /// <inheritdoc/>
    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    /// <inheritdoc/>
    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        Begin("write");
        try
        {
            using var cancelled = cancellationToken.UnsafeRegister(
                static life => ((CallLife)life!).Cancel("the caller gave a write up"), _life);
            var options = WriteOptions ?? WriteOptions.Default;
            var stream = await TakeStreamAsync();
            Encode(_buffer, message, _format, !options.Flags.HasFlag(WriteFlags.NoCompress));
            await stream.WriteAsync(_buffer.Written, _life.Token);
            if (!options.Flags.HasFlag(WriteFlags.BufferHint))
            {
                await stream.FlushAsync(_life.Token);
            }
        }
        catch (Exception fault)
        {
            throw (await ExplainAsync(fault)).ToException();
        }
        finally
        {
            _buffer.Clear();
            Volatile.Write(ref _isWriting, false);
        }
    }

    /// <inheritdoc/>
    public Task CompleteAsync()
    {
        if (_life.Outcome is null)
        {
            Begin("complete");
            Volatile.Write(ref _isWriting, false);
            _completed.TrySetResult();
        }

        return Task.CompletedTask;
    }

    private static TaskCompletionSource<Stream> NewOpened() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Begin(string what)
    {
        if (_life.Outcome is { } outcome)
        {
            throw outcome.ToException();
        }

        if (_completed.Task.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException($"cannot {what}: the stream of requests is complete");
        }

        if (Interlocked.Exchange(ref _isWriting, true))
        {
            throw new InvalidOperationException($"cannot {what}: a message is being written");
        }
    }

    private async ValueTask<Stream> TakeStreamAsync()
    {
        while (true)
        {
            var opened = _opened.Task;
            if (!opened.IsCompleted)
            {
                await opened.WaitAsync(_life.Token);
            }

            lock (_lock)
            {
                if (opened == _opened.Task)
                {
                    _isCommitted = true;
                    return opened.Result;
                }
            }
        }
    }

    // A stream of an attempt that was given up must not be written to, even if it opens late: so turns are counted.
    private bool TryBegin(out int turn)
    {
        lock (_lock)
        {
            turn = _isCommitted ? 0 : ++_turn;
            if (!_isCommitted && _opened.Task.IsCompleted)
            {
                _opened = NewOpened();
            }

            return !_isCommitted;
        }
    }

    private void Open(Stream stream, int turn)
    {
        lock (_lock)
        {
            if (turn == _turn)
            {
                _opened.SetResult(stream);
            }
        }
    }

    // Most faults of writing are consequences: the server has ended the call, and says why in its answer.
    private async Task<CallOutcome> ExplainAsync(Exception fault)
    {
        if (Fault is not null)
        {
            return _life.End(Fault);
        }

        await Answered.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _life.Outcome ?? CallOutcome.Of(fault);
    }

    // Ends with the call, not when the handler's own token fires: the handler would take that end for the fault, and
    // not say why the stream was reset. By itself, the handler begins again if the server says that it has not looked
    // at the request.
    private async Task SendAsync(Stream stream)
    {
        if (!TryBegin(out var turn))
        {
            throw new IOException("the server did not take the request, and messages have gone");
        }

        // The headers go out at once: the first message may depend on the answer to them.
        await stream.FlushAsync(_life.Token);
        Open(stream, turn);
        await _completed.Task;
    }

    private sealed class Content(RequestStream<TRequest> requests) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            requests.SendAsync(stream);

        protected override Task SerializeToStreamAsync(
            Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            requests.SendAsync(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
