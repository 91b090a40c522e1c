using System.Collections.Concurrent;
using System.Net.Sockets;
using Fabrik.Memcached.Loop;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>A poller that remembers what was waited for.</summary>
internal sealed class RecordingPoller(IPoller inner) : IPoller
{
    private readonly ConcurrentDictionary<int, IPollTarget> _targets = new();
    private readonly ConcurrentQueue<(IPollTarget Target, PollInterest Interest)> _waits = new();

    /// <summary>What was waited for, for whom: at first, and each time that it changed.</summary>
    public IReadOnlyList<(IPollTarget Target, PollInterest Interest)> Waits => [.. _waits];

    public int Add(Socket socket, IPollTarget target, PollInterest interest)
    {
        var handle = inner.Add(socket, target, interest);
        _targets[handle] = target;
        _waits.Enqueue((target, interest));
        return handle;
    }

    public void Change(int handle, PollInterest interest)
    {
        _waits.Enqueue((_targets[handle], interest));
        inner.Change(handle, interest);
    }

    public void Remove(int handle) => inner.Remove(handle);

    public bool Wait(int milliseconds) => inner.Wait(milliseconds);

    public void Dispatch() => inner.Dispatch();

    public void Wake() => inner.Wake();

    public void Dispose() => inner.Dispose();
}
