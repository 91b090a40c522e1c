using System.Threading.Tasks.Sources;

namespace Fabrik.Memcached.Requests;

/// <summary>
/// An answer that is to come. It is used again once its answer was taken, so that waiting costs no memory; who waits
/// goes on within <see cref="Complete"/>. For one loop's thread.
/// </summary>
internal sealed class PendingReply(PendingReplyPool pool) : IValueTaskSource<Reply>
{
    private static readonly Action<object?> Completed = static _ => { };

    private Action<object?>? _continuation;
    private object? _state;
    private Reply _reply;
    private short _version;

    /// <summary>What is awaited, once.</summary>
    public ValueTask<Reply> Task => new(this, _version);

    /// <summary>Gives the answer, whose holder the one that waits is from now on. Once.</summary>
    public void Complete(in Reply reply)
    {
        _reply = reply;
        var continuation = _continuation;
        _continuation = Completed;
        continuation?.Invoke(_state);
    }

    /// <inheritdoc/>
    public Reply GetResult(short token)
    {
        Check(token);
        if (!ReferenceEquals(_continuation, Completed))
        {
            throw new InvalidOperationException("The answer has not come yet.");
        }

        var reply = _reply;
        _reply = default;
        _continuation = null;
        _state = null;
        _version++;
        pool.Return(this);
        return reply;
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token)
    {
        Check(token);
        return ReferenceEquals(_continuation, Completed)
            ? ValueTaskSourceStatus.Succeeded
            : ValueTaskSourceStatus.Pending;
    }

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags)
    {
        Check(token);
        if (ReferenceEquals(_continuation, Completed))
        {
            continuation(state);
            return;
        }

        if (_continuation is not null)
        {
            throw new InvalidOperationException("An answer is awaited once.");
        }

        _state = state;
        _continuation = continuation;
    }

    private void Check(short token)
    {
        if (token != _version)
        {
            throw new InvalidOperationException("The answer was taken already.");
        }
    }
}
