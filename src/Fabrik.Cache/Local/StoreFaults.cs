using Fabrik.Cache.Native.RocksDb;

namespace Fabrik.Cache.Local;

/// <summary>What an exception of the disk means for the store.</summary>
internal static class StoreFaults
{
    // The low half of an IOException's HResult is errno under Unix, and the system's error code under Windows.
    private const int NoSpaceUnix = 28;
    private const int QuotaUnix = 122;
    private const int ReadOnlyUnix = 30;
    private const int DiskFullWindows = 112;

    /// <summary>The error of a store that is being closed, or is closed.</summary>
    public static CacheError Closing() => CacheError.Internal(CacheErrorKind.ShuttingDown, "the store is closing");

    /// <summary>The error of a write or a deletion that finds something else than it expects.</summary>
    public static CacheError Unexpected() =>
        CacheError.Client(CacheErrorKind.Conflict, "what is there is not what the request expects");

    /// <summary>The error that a caller sees.</summary>
    public static CacheError ToError(Exception error) => Classify(error) switch
    {
        WriteState.Full => CacheError.Internal(CacheErrorKind.StorageFull, "the disk of the cache is full", error),
        WriteState.ReadOnly =>
            CacheError.Internal(CacheErrorKind.ReadOnly, "the folder of the cache cannot be written to", error),
        _ => CacheError.Internal(CacheErrorKind.Io, $"the disk of the cache failed: {error.Message}", error),
    };

    /// <summary>The error of a store that cannot be opened, which says where it lies.</summary>
    public static CacheError ToError(Exception error, string folder)
    {
        CacheError fault = ToError(error);
        return fault with { Message = $"{fault.Message} (the store is to be in {folder})" };
    }

    /// <summary>What state a failed write puts the store in.</summary>
    public static WriteState Classify(Exception error) => error switch
    {
        RocksDbException { IsOutOfSpace: true } => WriteState.Full,
        RocksDbException { IsReadOnly: true } => WriteState.ReadOnly,
        UnauthorizedAccessException => WriteState.ReadOnly,
        IOException io when (io.HResult & 0xffff) is NoSpaceUnix or QuotaUnix or DiskFullWindows => WriteState.Full,
        IOException io when (io.HResult & 0xffff) is ReadOnlyUnix => WriteState.ReadOnly,
        _ => WriteState.Failing,
    };
}
