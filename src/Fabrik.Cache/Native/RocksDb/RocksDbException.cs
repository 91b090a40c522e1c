namespace Fabrik.Cache.Native.RocksDb;

/// <summary>
/// RocksDB refused an operation; the message is its own, such as <c>IO error: No space left on device: …</c>.
/// </summary>
internal sealed class RocksDbException(string message) : IOException(message)
{
    /// <summary>Whether the disk is full.</summary>
    public bool IsOutOfSpace => Message.Contains("No space left", StringComparison.OrdinalIgnoreCase)
        || Message.Contains("Disk quota", StringComparison.OrdinalIgnoreCase)
        || Message.Contains("NoSpace", StringComparison.Ordinal);

    /// <summary>Whether the disk takes no writes.</summary>
    public bool IsReadOnly => Message.Contains("Read-only file system", StringComparison.OrdinalIgnoreCase)
        || Message.Contains("Permission denied", StringComparison.OrdinalIgnoreCase);
}
