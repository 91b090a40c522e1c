using System.Runtime.CompilerServices;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Memcached.SideEffects;

namespace Fabrik.Memcached.Clients;

/// <summary>
/// The place of an answer among those that a client waits for: answers come in any order, and are written in that of
/// the commands. A retrieval has a slot for each key.
/// </summary>
internal sealed class ClientSlot
{
    private readonly ClientSlotPool _pool;
    private readonly Action _continue;
    private ValueTaskAwaiter<Reply> _awaiter;
    private ClientConnection? _client;
    private EventLoop? _loop;
    private Route? _route;
    private long _since;

    public ClientSlot(ClientSlotPool pool)
    {
        _pool = pool;
        _continue = OnCompleted;
    }

    /// <summary>The one behind it.</summary>
    public ClientSlot? Next { get; set; }

    /// <summary>What was asked, which is held; null for what the proxy answers itself.</summary>
    public Request? Request { get; private set; }

    /// <summary>The answer, which is held.</summary>
    public Reply Reply { get; private set; }

    /// <summary>Whether the answer is there.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Whether it is a key of a retrieval by lines, which ends with a line of its own.</summary>
    public bool IsRetrieval { get; private set; }

    /// <summary>The retrieval that its key belongs to together with others; null for a single one.</summary>
    public ClientRetrieval? Retrieval { get; private set; }

    /// <summary>Whether its key is the last one of the retrieval.</summary>
    public bool IsLast { get; private set; }

    /// <summary>What is written instead of the answer; null for the answer.</summary>
    public byte[]? Instead { get; set; }

    /// <summary>What happens when it was answered, even if the client has left; null for nothing.</summary>
    public SideEffectSet? Effects { get; set; }

    /// <summary>Begins to wait.</summary>
    public void Begin(ClientConnection client, Request? request)
    {
        _client = client;
        Request = request;
    }

    /// <summary>Makes it one of a retrieval.</summary>
    public void Join(ClientRetrieval? retrieval, bool isLast) =>
        (IsRetrieval, Retrieval, IsLast) = (true, retrieval, isLast);

    /// <summary>Has its answer counted, and the time from now until then.</summary>
    public void Count(Route route, EventLoop loop) => (_route, _loop, _since) = (route, loop, loop.Now);

    /// <summary>Waits for an answer.</summary>
    public void Await(ValueTask<Reply> reply)
    {
        _awaiter = reply.GetAwaiter();
        if (_awaiter.IsCompleted)
        {
            Take();
        }
        else
        {
            _awaiter.UnsafeOnCompleted(_continue);
        }
    }

    /// <summary>Gives the answer that is known already.</summary>
    public void Finish(in Reply reply)
    {
        Reply = reply;
        IsDone = true;
        Retrieval?.Note(in reply);
        _route?.Answered(Request!, in reply, _loop!.MicrosecondsSince(_since));
    }

    /// <summary>Nobody wants the answer any more: it is let go of when it comes.</summary>
    public void Abandon()
    {
        _client = null;
        Retrieval = null;
        if (IsDone)
        {
            Recycle();
        }
    }

    /// <summary>Lets go of all that it holds.</summary>
    public void Recycle()
    {
        if (Effects is { } effects)
        {
            Effects = null;
            effects.After(Request!, Reply);
        }

        Reply.Release();
        Reply = default;
        Request?.Release();
        Request = null;
        Retrieval = null;
        _route = null;
        Next = null;
        IsDone = false;
        IsRetrieval = false;
        IsLast = false;
        Instead = null;
        _client = null;
        _awaiter = default;
        _pool.Return(this);
    }

    private void Take()
    {
        Reply reply;
        try
        {
            // It is there: nothing waits.
#pragma warning disable VSTHRD002
            reply = _awaiter.GetResult();
#pragma warning restore VSTHRD002
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _client?.OnRequestFault(e);
            reply = ProxyReplies.InternalError;
        }

        Finish(in reply);
    }

    private void OnCompleted()
    {
        Take();
        if (_client is { } client)
        {
            client.OnAnswered();
        }
        else
        {
            Recycle();
        }
    }
}
