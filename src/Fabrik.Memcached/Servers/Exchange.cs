using Fabrik.Memcached.Requests;

namespace Fabrik.Memcached.Servers;

/// <summary>A request on a connection to a server, from when it is accepted until its answer was read.</summary>
internal struct Exchange
{
    /// <summary>The request, which is held.</summary>
    public Request Request;

    /// <summary>Who waits; null once it was answered, or was told that the time is over.</summary>
    public PendingReply? Waiter;

    /// <summary>When it was accepted, in timestamps of the loop.</summary>
    public long Since;

    /// <summary>On the first of those that share a line: how many they are.</summary>
    public int LineCount;

    /// <summary>Whether a value came for it; others on its line are still open.</summary>
    public bool IsAnswered;
}
