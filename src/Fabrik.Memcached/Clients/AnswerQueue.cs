using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Clients;

/// <summary>The answers that a client waits for, in the order of its commands.</summary>
internal sealed class AnswerQueue(ClientScope scope)
{
    private ClientSlot? _oldest;
    private ClientSlot? _newest;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Adds the place of an answer.</summary>
    /// <param name="client">Who waits for it.</param>
    /// <param name="request">What was asked, which the place holds; null for what the proxy answers itself.</param>
    public ClientSlot Append(ClientConnection client, Request? request)
    {
        var slot = scope.Slots.Rent();
        slot.Begin(client, request);
        if (_newest is null)
        {
            _oldest = slot;
        }
        else
        {
            _newest.Next = slot;
        }

        _newest = slot;
        Count++;
        return slot;
    }

    /// <summary>Writes the answers that are there, up to the first one that is not.</summary>
    /// <returns>Whether the end of one was written: a part of a retrieval is of no use to anybody yet.</returns>
    public bool WriteTo(OutQueue output)
    {
        var hasEnd = false;
        while (_oldest is { IsDone: true } slot)
        {
            if (slot.Retrieval is { IsStrict: true, IsComplete: false })
            {
                break;
            }

            ReplyOutput.Write(output, slot);
            hasEnd |= slot.Retrieval is null || slot.IsLast;
            CountAnswer(slot);
            _oldest = slot.Next;
            Count--;
            if (slot is { Retrieval: { } retrieval, IsLast: true })
            {
                scope.Slots.Return(retrieval);
            }

            slot.Recycle();
        }

        if (_oldest is null)
        {
            _newest = null;
        }

        return hasEnd;
    }

    /// <summary>Nobody wants them any more. What is under way is finished, and dropped.</summary>
    public void Abandon()
    {
        while (_oldest is { } slot)
        {
            _oldest = slot.Next;
            slot.Abandon();
        }

        _newest = null;
        Count = 0;
    }

    private void CountAnswer(ClientSlot slot)
    {
        if (slot.Request is null)
        {
            return;
        }

        var counters = scope.Counters;
        var kind = slot.Reply.Kind;
        var isRead = slot.Request.Verb is Verb.Get or Verb.Gets or Verb.Gat or Verb.Gats or Verb.MetaGet;
        counters.Hits += isRead && kind == ReplyKind.Hit ? 1 : 0;
        counters.Misses += isRead && kind == ReplyKind.Miss ? 1 : 0;
        counters.Failures += slot.Reply.IsFailure ? 1 : 0;
    }
}
