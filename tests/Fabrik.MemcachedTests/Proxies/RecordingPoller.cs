using System.Collections.Concurrent;
using System.Net.Sockets;
using Fabrik.Memcached.Loop;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>A poller that remembers what was waited for.</summary>
internal sealed class RecordingPoller(IPoller inner) : IPoller
{
    private readonly ConcurrentQueue<PollInterest> _changes = new();

    /// <summary>What was waited for, each time that it changed.</summary>
    public IReadOnlyList<PollInterest> Changes => [.. _changes];

    public int Add(Socket socket, IPollTarget target, PollInterest interest) => inner.Add(socket, target, interest);

    public void Change(int handle, PollInterest interest)
    {
        _changes.Enqueue(interest);
        inner.Change(handle, interest);
    }

    public void Remove(int handle) => inner.Remove(handle);

    public bool Wait(int milliseconds) => inner.Wait(milliseconds);

    public void Dispatch() => inner.Dispatch();

    public void Wake() => inner.Wake();

    public void Dispose() => inner.Dispose();
}
