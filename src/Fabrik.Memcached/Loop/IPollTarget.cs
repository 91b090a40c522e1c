namespace Fabrik.Memcached.Loop;

/// <summary>Who is told that a socket is ready.</summary>
internal interface IPollTarget
{
    /// <summary>
    /// The socket is ready for some of what was waited for; a broken one is ready for everything.
    /// </summary>
    void OnReady(PollInterest ready);

    /// <summary>What was called on the loop has thrown: a bug. It lets go of its socket.</summary>
    void OnFault(Exception exception);
}
