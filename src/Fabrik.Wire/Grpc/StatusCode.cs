namespace Fabrik.Wire.Grpc;

/// <summary>
/// How a call ended; the numbers are those of <c>grpc-status</c> (gRPC "Status codes and their use").
/// </summary>
public enum StatusCode
{
    /// <summary>It succeeded.</summary>
    OK = 0,

    /// <summary>The caller, typically, gave it up.</summary>
    Cancelled = 1,

    /// <summary>Nothing is known of the failure; also an exception that nobody expected.</summary>
    Unknown = 2,

    /// <summary>The request is wrong, whatever the state of the server.</summary>
    InvalidArgument = 3,

    /// <summary>Time ran out before it ended; the operation may have been done all the same.</summary>
    DeadlineExceeded = 4,

    /// <summary>What was asked for is not there.</summary>
    NotFound = 5,

    /// <summary>What was to be created is there already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known, and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A quota, a limit or a disk is used up.</summary>
    ResourceExhausted = 8,

    /// <summary>The server is not in the state that the operation needs; trying again alone does not help.</summary>
    FailedPrecondition = 9,

    /// <summary>Another operation came between; the caller may begin again at a higher level.</summary>
    Aborted = 10,

    /// <summary>The request is past the end of what there is, such as an offset.</summary>
    OutOfRange = 11,

    /// <summary>The server has no such method, or not this part of it.</summary>
    Unimplemented = 12,

    /// <summary>Something that always holds does not: a bug, or a damaged message.</summary>
    Internal = 13,

    /// <summary>The server cannot be reached, or takes nothing now; the same call may succeed later.</summary>
    Unavailable = 14,

    /// <summary>Bytes are lost for good.</summary>
    DataLoss = 15,

    /// <summary>There are no valid credentials.</summary>
    Unauthenticated = 16,
}
