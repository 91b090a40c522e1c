namespace Fabrik.Wire.Memcached;

/// <summary>How far a reader came.</summary>
public enum ReadStatus : byte
{
    /// <summary>
    /// More is to be received. What is known by then stands in the result: a length above 0 once the head is whole.
    /// </summary>
    NeedMore,

    /// <summary>It was read.</summary>
    Read,

    /// <summary>
    /// It is wrong: a command is answered by its <see cref="CommandFault"/>, a connection to a server is closed.
    /// </summary>
    Fault,
}
