namespace Fabrik.Wire.Memcached;

/// <summary>What an answer says, whatever the protocol.</summary>
public enum ReplyKind : byte
{
    /// <summary>No answer came: the connection failed, the time was over, or nothing was asked.</summary>
    Failed,

    /// <summary>A value came: <c>VALUE</c>, <c>VA</c>.</summary>
    Hit,

    /// <summary>There is nothing: <c>END</c>, <c>EN</c>, <c>NOT_FOUND</c>, <c>NF</c>.</summary>
    Miss,

    /// <summary>It was done: <c>STORED</c>, <c>DELETED</c>, <c>TOUCHED</c>, <c>OK</c>, <c>HD</c>, a number.</summary>
    Done,

    /// <summary>It was not done, as its condition did not hold: <c>NOT_STORED</c>, <c>NS</c>.</summary>
    NotStored,

    /// <summary>It was not done, as the value is another one by now: <c>EXISTS</c>, <c>EX</c>.</summary>
    Exists,

    /// <summary>The command is wrong: <c>ERROR</c>, <c>CLIENT_ERROR</c>.</summary>
    ClientError,

    /// <summary>The server could not: <c>SERVER_ERROR</c>.</summary>
    ServerError,
}
