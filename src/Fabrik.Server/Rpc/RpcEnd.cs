namespace Fabrik.Server.Rpc;

/// <summary>Why a call ends before its method does.</summary>
internal enum RpcEnd
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>The client gave up, or its connection is gone: nobody hears an answer.</summary>
    ClientGone,

    /// <summary>The time that the client gave is over.</summary>
    DeadlineExceeded,

    /// <summary>The client neither sends nor takes anything.</summary>
    Idle,
}
