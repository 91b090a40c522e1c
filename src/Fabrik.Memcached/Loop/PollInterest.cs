namespace Fabrik.Memcached.Loop;

/// <summary>What a socket is waited for.</summary>
[Flags]
internal enum PollInterest
{
    /// <summary>Nothing, but that it breaks.</summary>
    None,

    /// <summary>Bytes, a client, or an end.</summary>
    Read,

    /// <summary>Room to send, or a connection that has come about.</summary>
    Write,
}
