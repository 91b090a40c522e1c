namespace Fabrik.Memcached.Servers;

/// <summary>Why a server did not answer.</summary>
internal enum ServerFailure
{
    /// <summary>No connection came about.</summary>
    Unreachable,

    /// <summary>The connection ended before the answer.</summary>
    Closed,

    /// <summary>The time was over.</summary>
    TimedOut,

    /// <summary>What came was no answer to what was asked.</summary>
    BadReply,

    /// <summary>Too much waits for it already; says nothing about the server.</summary>
    Overloaded,

    /// <summary>It is left alone for a while.</summary>
    Down,

    /// <summary>It does not take the credentials.</summary>
    Refused,
}
