using System.Net.Sockets;

namespace Fabrik.Memcached.Loop;

/// <summary>
/// Says which sockets can be read from or written to, again and again for as long as they can. All but
/// <see cref="Wake"/> is for one thread.
/// </summary>
internal interface IPoller : IDisposable
{
    /// <summary>Begins to watch a socket.</summary>
    /// <returns>What it is known by from now on.</returns>
    int Add(Socket socket, IPollTarget target, PollInterest interest);

    /// <summary>Says what is waited for from now on.</summary>
    void Change(int handle, PollInterest interest);

    /// <summary>Ends it; before the socket is closed.</summary>
    void Remove(int handle);

    /// <summary>Waits until a socket is ready, <see cref="Wake"/> is called, or a time has passed.</summary>
    /// <param name="milliseconds">How long at most; 0 not at all, -1 for ever.</param>
    /// <returns>Whether any was ready, or <see cref="Wake"/> was called.</returns>
    bool Wait(int milliseconds);

    /// <summary>Tells those that were ready.</summary>
    void Dispatch();

    /// <summary>Ends <see cref="Wait"/>, now or the next time. From any thread.</summary>
    void Wake();
}
